// One hop of a chain under load: tells the ledger of each POST before it does anything, holds each request for as long as
// its query says, calls the next hop over its own upstreams, and answers with its pod's name and a body of known length.
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import fs from 'node:fs';

const {
  PROTOCOL = 'http', PORT = '9000', NEXT_HTTP, NEXT_PATH, NEXT_TCP, LEDGER, NAME = 'worker', STOP = 'drain',
} = process.env;
const pod = os.hostname();
const agent = new http.Agent({ keepAlive: true });
const ledger = new http.Agent({ keepAlive: true });
const FILLER = 'x'.repeat(4000);

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

function call(options, body) {
  return new Promise((resolve, reject) => {
    const req = http.request({ timeout: 25000, ...options }, (res) => {
      let text = '';
      res.on('data', (data) => { text += data; });
      res.on('end', () => resolve({ status: res.statusCode, text }));
      res.on('error', reject);
    });
    req.on('timeout', () => req.destroy(new Error('timeout'))).on('error', reject);
    req.end(body);
  });
}

// Whatever becomes of this pod: the ledger is elsewhere. It is reached past the mesh, and must have answered first.
function seen(id) {
  if (!LEDGER) return undefined;
  return call({ host: LEDGER, port: 7000, method: 'POST', agent: ledger }, JSON.stringify({ command: 'seen', id, by: NAME }));
}

function exchange(port) {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: '127.0.0.1', port }, () => socket.write('PING\n'));
    socket.setTimeout(25000, () => socket.destroy(new Error('timeout')));
    socket.on('data', (data) => { socket.end(); resolve(data.toString()); });
    socket.on('error', reject).on('close', () => reject(new Error('closed')));
  });
}

async function next(req, body) {
  if (NEXT_HTTP) {
    const answer = await call({ port: NEXT_HTTP, method: req.method, path: NEXT_PATH ?? req.url, agent }, body);
    if (answer.status !== 200) throw new Error(`next hop: ${answer.status}`);
  }
  if (NEXT_TCP) {
    const line = await exchange(NEXT_TCP);
    if (!line.startsWith('PONG')) throw new Error(`next hop: ${line}`);
  }
}

function httpServer() {
  return http.createServer((req, res) => {
    let body = '';
    req.on('data', (data) => { body += data; });
    req.on('end', async () => {
      try {
        if (req.method === 'POST') await seen(body);
        await sleep(Number(new URL(req.url, 'http://app').searchParams.get('hold') ?? 0));
        await next(req, body);
      } catch (e) {
        res.statusCode = 502;
        res.end(`${NAME} ${pod}: ${e.message}`);
        return;
      }
      const text = JSON.stringify({ pod, filler: FILLER });
      res.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
      res.end(text);
    });
  });
}

function tcpServer() {
  return net.createServer((socket) => {
    socket.on('data', () => socket.write(`PONG ${pod}\n`)).on('error', () => {});
  });
}

const server = PROTOCOL === 'tcp' ? tcpServer() : httpServer();
server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`${PROTOCOL} on ${PORT}`);
  fs.writeFileSync('/tmp/ready', '');
});

// drain: take nothing new, finish, leave. exit: leave at once. ignore: be killed.
process.on('SIGTERM', () => {
  if (STOP === 'exit') process.exit(0);
  if (STOP === 'drain') server.close(() => process.exit(0));
});
