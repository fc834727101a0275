// TLS servers with whatever certificate the test gives them; they count each byte that arrives after the handshake.
import tls from 'node:tls';
import { answerCommands } from './control.mjs';

const servers = new Map();

function serve({ port, certificate, key, answer }) {
  const seen = { connections: 0, handshakes: 0, bytes: 0, refusals: [] };
  const server = tls.createServer({ cert: certificate, key, minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: false });
  server.on('connection', () => { seen.connections += 1; });
  server.on('tlsClientError', (e) => { seen.refusals.push(e.code ?? e.message); });
  server.on('secureConnection', (socket) => {
    seen.handshakes += 1;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      seen.bytes += data.length;
      socket.end(answer);
    });
  });
  servers.set(port, seen);
  return new Promise((resolve) => server.listen(port, () => resolve({ port })));
}

const commands = { serve, seen: ({ port }) => servers.get(port) };

answerCommands(commands);
