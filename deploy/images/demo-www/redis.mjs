// As much of a Redis client as the demo needs: one connection, opened when wanted, replies in the order of the commands.
import net from "node:net";

const TIMEOUT_MS = 2000;

export class Redis {
  #host;
  #port;
  #socket;
  #waiting = [];
  #text = "";

  constructor(host, port) {
    this.#host = host;
    this.#port = port;
  }

  /** Resolves to a string, a number or null; rejects when Redis cannot be reached, closes or answers with an error. */
  command(...words) {
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    return new Promise((resolve, reject) => {
      this.#socket ??= this.#connect();
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`*${words.length}\r\n${parts.join("")}`);
    });
  }

  #connect() {
    const socket = net.connect({ host: this.#host, port: this.#port, noDelay: true });
    let reason = "the connection was closed: denied, or no Redis there";
    socket.setEncoding("latin1");
    socket.setTimeout(TIMEOUT_MS, () => {
      if (this.#waiting.length > 0) {
        socket.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`));
      }
    });
    socket.on("data", (chunk) => this.#read(chunk));
    socket.on("end", () => socket.destroy());
    socket.on("error", (error) => (reason = error.message));
    socket.on("close", () => this.#closed(reason));
    return socket;
  }

  #closed(reason) {
    this.#socket = undefined;
    this.#text = "";
    for (const { reject } of this.#waiting.splice(0)) {
      reject(new Error(reason));
    }
  }

  #read(chunk) {
    this.#text += chunk;
    for (let reply = parse(this.#text); reply; reply = parse(this.#text)) {
      this.#text = this.#text.slice(reply.length);
      const { resolve, reject } = this.#waiting.shift();
      if (reply.error) {
        reject(new Error(reply.error));
      } else {
        resolve(reply.value);
      }
    }
  }
}

/** The first whole reply in the text, or undefined while there is none. */
function parse(text) {
  const end = text.indexOf("\r\n");
  if (end < 0) {
    return undefined;
  }
  const [kind, line, length] = [text[0], text.slice(1, end), end + 2];
  switch (kind) {
    case "+":
      return { value: line, length };
    case "-":
      return { error: line, length };
    case ":":
      return { value: Number(line), length };
    case "$":
      return bulk(text, Number(line), length);
    default:
      return { error: `not a reply of Redis: ${JSON.stringify(text.slice(0, 40))}`, length: text.length };
  }
}

function bulk(text, size, start) {
  if (size < 0) {
    return { value: null, length: start };
  }
  const length = start + size + 2;
  return text.length < length ? undefined : { value: text.slice(start, start + size), length };
}
