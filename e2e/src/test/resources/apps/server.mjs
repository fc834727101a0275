// An application that knows nothing of the mesh: it listens on loopback and says which pod it is.
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import crypto from 'node:crypto';

const { PROTOCOL = 'http', PORT = '9000', LISTEN = '127.0.0.1', STOP = 'exit', KEEP_IDLE_MS = '5000' } = process.env;
const pod = os.hostname();
const TICK_MS = 100;

// Every open stream goes on saying "tick" until somebody closes it.
function ticking(write) {
  const timer = setInterval(() => write('tick\n'), TICK_MS);
  return () => clearInterval(timer);
}

function frame(text) { // one unmasked WebSocket text frame
  return Buffer.concat([Buffer.from([0x81, text.length]), Buffer.from(text)]);
}

function httpServer() {
  const server = http.createServer((req, res) => {
    if (req.url === '/events') {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: hello\n\n');
      const stop = ticking(() => res.write('data: tick\n\n'));
      req.on('close', stop);
      return;
    }
    res.setHeader('content-type', 'application/json');
    res.end(JSON.stringify({ pod, method: req.method, url: req.url, headers: req.headers }));
  });
  server.keepAliveTimeout = Number(KEEP_IDLE_MS);
  server.on('upgrade', (req, socket) => {
    const accept = crypto.createHash('sha1')
      .update(req.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'
      + `Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
    const stop = ticking((text) => socket.write(frame(text)));
    socket.on('close', stop).on('error', stop);
  });
  return server;
}

function tcpServer() {
  return net.createServer((socket) => {
    let stop = () => {};
    socket.on('data', (data) => {
      const line = data.toString().trim();
      if (line === 'TICK') stop = ticking((text) => socket.write(text));
      else socket.write(`${line === 'PING' ? 'PONG' : 'UNKNOWN'} ${pod}\n`);
    });
    socket.on('close', () => stop()).on('error', () => stop());
  });
}

const server = PROTOCOL === 'tcp' ? tcpServer() : httpServer();
server.listen(Number(PORT), LISTEN, () => {
  console.log(`${PROTOCOL} on ${LISTEN}:${PORT}`);
  fs.writeFileSync('/tmp/ready', '');
});
process.on('SIGTERM', () => { if (STOP === 'exit') process.exit(0); });
