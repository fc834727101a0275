// A steady load of several flows, counted here at the client, and the ledger in which the workers note each POST.
import http from 'node:http';
import net from 'node:net';
import { answerCommands } from './control.mjs';

const HOST = '127.0.0.1';
const TIMEOUT_MS = 30000;
const kept = new http.Agent({ keepAlive: true });
const loads = new Map();
const ledger = new Map();

// Resolves to the pod that answered, rejects with why there was no whole answer.
function request({ port, path = '/', method, fresh }, body) {
  return new Promise((resolve, reject) => {
    const req = http.request({ host: HOST, port, path, method, agent: fresh ? false : kept, timeout: TIMEOUT_MS }, (res) => {
      let text = '';
      res.on('data', (data) => { text += data; });
      res.on('error', (e) => reject(new Error(`truncated: ${e.code ?? e.message}`)));
      res.on('end', () => {
        if (res.statusCode !== 200) return reject(new Error(`${res.statusCode} ${text.slice(0, 100)}`));
        if (text.length !== Number(res.headers['content-length'])) return reject(new Error('truncated'));
        return resolve(JSON.parse(text).pod);
      });
    });
    req.on('timeout', () => req.destroy(new Error('timeout')));
    req.on('error', (e) => reject(new Error(e.code ?? e.message)));
    req.end(body);
  });
}

function exchange({ port }) {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = net.connect({ host: HOST, port }, () => socket.write('PING\n'));
    const timer = setTimeout(() => socket.destroy(new Error('timeout')), TIMEOUT_MS);
    socket.on('data', (data) => {
      text += data;
      if (text.endsWith('\n')) { socket.end(); resolve(text.trim().split(' ')[1]); }
    });
    socket.on('error', (e) => reject(new Error(e.code ?? e.message)));
    socket.on('close', () => { clearTimeout(timer); reject(new Error(text ? 'truncated' : 'closed')); });
  });
}

function start({ id, flows }) {
  const load = { flows: {}, pods: {}, failures: {}, slowestMs: 0, posted: [], open: 0, most: 0, started: performance.now(), seconds: 0 };
  let number = 0;
  const once = async (flow) => {
    const count = load.flows[flow.name];
    const order = `${id}-${number += 1}`;
    const began = performance.now();
    count.sent += 1;
    load.open += 1;
    load.most = Math.max(load.most, load.open);
    try {
      const pod = flow.kind === 'TCP' ? await exchange(flow) : await request(flow, flow.method === 'POST' ? order : undefined);
      count.ok += 1;
      load.pods[pod] = (load.pods[pod] ?? 0) + 1;
      if (flow.method === 'POST') load.posted.push(order);
    } catch (e) {
      count.failed += 1;
      const why = `${flow.name}: ${e.message}`;
      load.failures[why] = (load.failures[why] ?? 0) + 1;
    }
    load.open -= 1;
    load.slowestMs = Math.max(load.slowestMs, Math.round(performance.now() - began));
  };
  load.timers = flows.map((flow) => {
    load.flows[flow.name] = { sent: 0, ok: 0, failed: 0 };
    return setInterval(() => once(flow), 1000 / flow.perSecond);
  });
  loads.set(id, load);
  return {};
}

function stop({ id }) {
  const load = loads.get(id);
  load.timers.forEach(clearInterval);
  load.seconds = (performance.now() - load.started) / 1000;
  return {};
}

// The most that were under way at a time since this was last asked.
function most({ id }) {
  const load = loads.get(id);
  const answer = load.most;
  load.most = load.open;
  return answer;
}

// Posts that were answered, but of which a worker by that name never told, mean that the ledger cannot be trusted.
function report({ id, workers = [] }) {
  const { flows, pods, failures, slowestMs, seconds, posted } = loads.get(id);
  const mine = [...ledger].filter(([key]) => key.includes(` ${id}-`));
  return {
    flows, pods, failures, slowestMs, seconds,
    seenTwice: mine.filter(([, times]) => times > 1).map(([key]) => key),
    unseen: workers.flatMap((by) => posted.filter((order) => !ledger.has(`${by} ${order}`))).length,
  };
}

function seen({ id, by }) {
  ledger.set(`${by} ${id}`, (ledger.get(`${by} ${id}`) ?? 0) + 1);
  return {};
}

answerCommands({ start, stop, report, most, seen });
