// An application that answers probes of each kind, on loopback only, and remembers who asked what.
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import net from 'node:net';
import { answerCommands } from './control.mjs';

const LOOPBACK = '127.0.0.1';
const PORTS = { http: 9000, grpc: 9001, tcp: 9002, https: 9443 };
const CHECK = '/grpc.health.v1.Health/Check';
const { TLS_CERTIFICATE, TLS_KEY } = process.env;

const seen = [];
let ready = true;

function answer(kind, status) {
  return (req, res) => {
    seen.push({ kind, method: req.method, url: req.url, headers: req.headers });
    console.log(`${kind} ${req.method} ${req.url}`);
    res.writeHead(status(), { 'content-type': 'text/plain' });
    res.end(`${kind}\n`);
  };
}

function framed(bytes) {
  return Buffer.concat([Buffer.from([0, 0, 0, 0, bytes.length]), Buffer.from(bytes)]);
}

// HealthCheckResponse: SERVING for every service that is asked about.
function health(req, res) {
  const parts = [];
  req.on('data', (data) => parts.push(data));
  req.on('end', () => {
    seen.push({ kind: 'grpc', method: req.method, url: req.url, headers: req.headers, body: Buffer.concat(parts).toString('hex') });
    res.writeHead(200, { 'content-type': 'application/grpc' });
    res.addTrailers({ 'grpc-status': '0' });
    res.end(framed([0x08, 0x01]));
  });
}

http.createServer(answer('http', () => (ready ? 200 : 503))).listen(PORTS.http, LOOPBACK);
http2.createServer(health).listen(PORTS.grpc, LOOPBACK);
net.createServer((socket) => {
  const connect = { kind: 'tcp', bytes: 0 };
  seen.push(connect);
  socket.on('data', (data) => { connect.bytes += data.length; }).on('error', () => {});
}).listen(PORTS.tcp, LOOPBACK);
https.createServer({ cert: TLS_CERTIFICATE, key: TLS_KEY, maxVersion: 'TLSv1.2' }, answer('https', () => 200))
  .listen(PORTS.https, LOOPBACK);

// A call as gRPC makes it, from where the test wants it: what HTTP status came back.
function call({ host, port, path = CHECK, method = 'POST', bodyHex }) {
  return new Promise((resolve) => {
    const session = http2.connect(`http://${host.includes(':') ? `[${host}]` : host}:${port}`);
    const done = (outcome) => { session.destroy(); resolve({ outcome }); };
    session.on('error', (e) => done(e.code));
    const stream = session.request({ ':method': method, ':path': path, 'content-type': 'application/grpc', te: 'trailers' });
    stream.on('response', (headers) => done(String(headers[':status']))).on('error', (e) => done(e.code));
    stream.end(Buffer.from(bodyHex, 'hex'));
  });
}

answerCommands({
  seen: () => ({ seen }),
  ready: ({ be }) => { ready = be; return {}; },
  call,
});
