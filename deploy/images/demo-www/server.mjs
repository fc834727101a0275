// The demo: a page that counts its visits in Redis. It reaches Redis at 127.0.0.1:6379, where its sidecar listens, and
// itself listens on loopback only, so that nothing goes round the mesh.
//   /         the page; counts a visit            /visits   the count as JSON, counting nothing
//   /events   the count as server-sent events     /healthz  this process is alive, whatever Redis does
// 503 where Redis cannot be asked.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { Redis } from "./redis.mjs";

const PORT = Number(process.env.PORT ?? 8080);
const redis = new Redis(process.env.REDIS_HOST ?? "127.0.0.1", Number(process.env.REDIS_PORT ?? 6379));
const template = readFileSync(new URL("page.html", import.meta.url), "utf8");

const counted = async () => ({ visits: await redis.command("INCR", "visits") });
const current = async () => ({ visits: Number((await redis.command("GET", "visits")) ?? 0) });

async function outcome(ask) {
  try {
    return { status: 200, body: await ask() };
  } catch (error) {
    return { status: 503, body: { error: `Redis: ${error.message}` } };
  }
}

async function page(response) {
  const { status, body } = await outcome(counted);
  const html = template
    .replace("{{count}}", body.visits ?? "–")
    .replaceAll("{{state}}", body.error ? "refused" : "allowed")
    .replace("{{message}}", escape(body.error ?? ""))
    .replace("{{pod}}", escape(hostname()));
  send(response, status, "text/html; charset=utf-8", html);
}

async function visits(response) {
  const { status, body } = await outcome(current);
  send(response, status, "application/json", JSON.stringify(body) + "\n");
}

/** One event at once, then one whenever the answer has changed. */
function events(request, response) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  let last;
  const tell = async () => {
    const { body } = await outcome(current);
    const event = JSON.stringify(body);
    if (event !== last) {
      response.write(`data: ${event}\n\n`);
      last = event;
    }
  };
  void tell();
  const timer = setInterval(tell, 500);
  request.on("close", () => clearInterval(timer));
}

function send(response, status, type, text) {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(text);
}

function escape(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}

const server = createServer((request, response) => {
  switch (new URL(request.url, "http://www").pathname) {
    case "/":
      return void page(response);
    case "/visits":
      return void visits(response);
    case "/events":
      return events(request, response);
    case "/healthz":
      return send(response, 200, "text/plain", "ok\n");
    default:
      return send(response, 404, "text/plain", "not here\n");
  }
});

server.listen(PORT, "127.0.0.1", () => console.log(`listening on 127.0.0.1:${PORT}`));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 2000).unref();
});
