// Calls what the test asks for, from inside a pod.
import http from 'node:http';
import net from 'node:net';
import crypto from 'node:crypto';
import { answerCommands } from './control.mjs';

const LOOPBACK = '127.0.0.1';

// Connects, sends, and reads until `until` was seen, the peer closed, or the time is over.
function tcp({ host = LOOPBACK, port, send = '', until = '\n', timeoutMs = 5000 }) {
  return new Promise((resolve) => {
    const started = performance.now();
    let received = '';
    let connected = false;
    const socket = net.connect({ host, port });
    const end = (ended) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ connected, received, ended, ms: Math.round(performance.now() - started) });
    };
    const timer = setTimeout(() => end('timeout'), timeoutMs);
    socket.on('connect', () => { connected = true; socket.write(send); });
    socket.on('data', (data) => {
      received += data.toString('latin1');
      if (received.includes(until)) end('answered');
    });
    socket.on('end', () => end('closed')).on('close', () => end('closed')).on('error', (e) => end(e.code));
  });
}

function request({ host = LOOPBACK, port, path = '/', method = 'GET', headers = {}, body = '', timeoutMs = 5000, agent }) {
  return new Promise((resolve) => {
    const started = performance.now();
    const done = (answer) => resolve({ ...answer, ms: Math.round(performance.now() - started) });
    const req = http.request({ host, port, path, method, headers, agent: agent ?? false, timeout: timeoutMs }, (res) => {
      let text = '';
      res.on('data', (data) => { text += data; });
      res.on('end', () => done({ status: res.statusCode, headers: res.headers, body: text, error: '' }));
      res.on('error', (e) => done({ status: 0, headers: {}, body: text, error: e.code ?? e.message }));
    });
    req.on('timeout', () => req.destroy(new Error('timeout')));
    req.on('error', (e) => done({ status: 0, headers: {}, body: '', error: e.code ?? e.message }));
    req.end(body);
  });
}

// ---- streams that stay open, watched over time
const streams = new Map();

function hold(id, socket, greeting) {
  const stream = { open: true, bytes: 0, ended: '', socket };
  const end = (why) => {
    if (stream.open) { stream.open = false; stream.ended = why; }
    socket.destroy();
  };
  socket.on('data', (data) => { stream.bytes += data.length; });
  socket.on('end', () => end('closed')).on('close', () => end('closed')).on('error', (e) => end(e.code));
  socket.on('connect', () => socket.write(greeting));
  streams.set(id, stream);
}

const greetings = {
  tcp: () => 'TICK\n',
  sse: () => 'GET /events HTTP/1.1\r\nHost: app\r\nAccept: text/event-stream\r\n\r\n',
  websocket: () => 'GET /socket HTTP/1.1\r\nHost: app\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
    + `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${crypto.randomBytes(16).toString('base64')}\r\n\r\n`,
};

function open({ id, kind, port }) {
  hold(id, net.connect({ host: LOOPBACK, port }), greetings[kind]());
  return { id };
}

function stream({ id }) {
  const { open: isOpen, bytes, ended } = streams.get(id);
  return { open: isOpen, bytes, ended };
}

// ---- a steady load, counted
const loads = new Map();

function load({ id, kind, port, path = '/', everyMs = 20 }) {
  const counts = { sent: 0, ok: 0, failed: 0, failures: {}, pods: {} };
  const times = [];
  const agent = new http.Agent({ keepAlive: true });
  const once = async () => {
    counts.sent += 1;
    const answer = kind === 'tcp' ? await tcp({ port, send: 'PING\n' }) : await request({ port, path, agent });
    const good = kind === 'tcp' ? answer.received.startsWith('PONG') : answer.status === 200;
    if (!good) {
      counts.failed += 1;
      const why = kind === 'tcp' ? answer.ended : `${answer.status} ${answer.error}`;
      counts.failures[why] = (counts.failures[why] ?? 0) + 1;
      return;
    }
    counts.ok += 1;
    times.push(answer.ms);
    const pod = kind === 'tcp' ? answer.received.trim().split(' ')[1] : JSON.parse(answer.body).pod;
    counts.pods[pod] = (counts.pods[pod] ?? 0) + 1;
  };
  loads.set(id, { counts, times, timer: setInterval(once, everyMs) });
  return { id };
}

function counted({ counts, times }) {
  const sorted = times.toSorted((a, b) => a - b);
  return { ...counts, p99Ms: sorted[Math.floor(sorted.length * 0.99)] ?? 0 };
}

function stopLoad({ id }) {
  clearInterval(loads.get(id).timer);
  return {};
}

const commands = {
  tcp, http: request, open, stream, load, stopLoad, counts: ({ id }) => counted(loads.get(id)),
};

answerCommands(commands);
