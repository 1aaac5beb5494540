import type { Socket } from "node:net";
import { builtin } from "../../model/builtin.ts";
import { afterReading } from "./after-reading.ts";
import { HttpConnection, type HttpResult } from "./http-connection.ts";
import type { TlsSettings } from "./sender-settings.ts";
import { startTimer } from "../time/timers.ts";
import { limitConnect } from "../time/limit-connect.ts";
import { authorityOf, openTunnel } from "./proxy-tunnel.ts";
import { untraced } from "./untraced.ts";

export interface HttpClientSettings {
  readonly url: URL;
  /** Of every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Connections at most. */
  readonly connections: number;
  /** From the start of a connection until it stands. */
  readonly connectMs: number;
  /** How long a connection carries requests, a fifth more or less by chance; then a new one finds collectors that came later. */
  readonly maxAgeMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** What is read of an answer's body. @default 65536 */
  readonly maxAnswerBytes?: number | undefined;
  /** The proxy that leads there; undefined for none. */
  readonly proxy?: string | undefined;
  /** Used where the URL says `https:`. */
  readonly tls?: TlsSettings | undefined;
}

/** An error: why there is no connection. */
type Acquired = HttpConnection | "closed" | "none free" | Error;

const idleSocketMs = 90_000;
const defaultMaxAnswerBytes = 65_536;

/**
 * Sends requests over keep-alive connections to one address.
 *
 * Not `http.request`: the service's own answers and a client's requests would be two kinds of `OutgoingMessage` in one process, and what V8 has
 * specialised for the one gives way for both. A service that calls nobody would pay for its exports with every request it answers.
 */
export class HttpClient {
  readonly #settings: HttpClientSettings;
  readonly #head: string;
  readonly #idle: HttpConnection[] = [];
  /** Each with the moment from which on it carries no more requests. */
  readonly #open = new Map<HttpConnection, number>();
  readonly #waiting: ((connection: Acquired) => void)[] = [];
  /** Connections that a proxy is still asked for. */
  #dialling = 0;
  #closed = false;

  /** Throws a TypeError for a header that HTTP does not have. */
  constructor(settings: HttpClientSettings) {
    this.#settings = settings;
    this.#head = requestHead(settings.url, settings.headers);
  }

  /** Settles within `totalMs`, the wait for a connection included. Never rejects. */
  post(body: readonly Uint8Array[], totalMs: number): Promise<HttpResult> {
    const bytes = body.reduce((sum, part) => sum + part.byteLength, 0);
    return this.#send(`POST ${this.#head}content-length: ${bytes}\r\n\r\n`, body, totalMs);
  }

  /** Like {@link post}, without a body. */
  get(totalMs: number): Promise<HttpResult> {
    return this.#send(`GET ${this.#head}\r\n`, [], totalMs);
  }

  async #send(head: string, body: readonly Uint8Array[], totalMs: number): Promise<HttpResult> {
    let abort = (): void => {};
    const stopTimer = startTimer(totalMs, () => afterReading(() => abort()));
    try {
      const connection = await this.#acquire((giveUp) => (abort = giveUp));
      if (connection === "closed") return noAnswer("connection", "closed");
      if (connection === "none free") return noAnswer("deadline", `no connection was free within ${totalMs} ms`);
      if (connection instanceof Error) return noAnswer("connection", connection.message);
      abort = () => connection.abort("deadline", `no answer within ${totalMs} ms`);
      return await connection.send(head, body);
    } finally {
      stopTimer();
      // The deadline may be waiting for what is being read: by then the connection may carry another's request.
      abort = () => {};
    }
  }

  /** Ends every request under way, and all that come after. */
  close(): void {
    this.#closed = true;
    for (const connection of this.#open.keys()) connection.abort("connection", "closed");
    for (const resume of this.#waiting.splice(0)) resume("closed");
  }

  /** An idle connection, a new one, or the next that is free, unless the function it hands out is called before. */
  #acquire(waits: (giveUp: () => void) => void): Promise<Acquired> | Acquired {
    if (this.#closed) return "closed";
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.isUsable && !this.#endIfOld(idle)) return idle;
    }
    const hasRoom = this.#open.size + this.#dialling < this.#settings.connections;
    const { proxy } = this.#settings;
    if (hasRoom && proxy === undefined) return this.#connect();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      waits(() => {
        const at = this.#waiting.indexOf(resolve);
        if (at === -1) return;
        this.#waiting.splice(at, 1);
        resolve("none free");
      });
      if (hasRoom && proxy !== undefined) this.#dial(proxy);
    });
  }

  /** Asks the proxy for a connection, which whoever waits the longest is given, or the reason why there is none. */
  #dial(proxy: string): void {
    const { url, connectMs } = this.#settings;
    this.#dialling++;
    untraced(() => openTunnel({ proxy, authority: authorityOf(url), connectMs })).then(
      (socket) => {
        this.#dialling--;
        if (this.#closed) socket.destroy();
        else this.#release(this.#connect(socket));
      },
      (error: unknown) => {
        this.#dialling--;
        const reason = error instanceof Error ? error : new Error(String(error));
        // The others wait for connections that are there, or may come; where there are none, they wait for nothing.
        const isLast = this.#open.size + this.#dialling === 0;
        for (const resume of this.#waiting.splice(0, isLast ? Infinity : 1)) resume(reason);
      },
    );
  }

  /** Whether it has carried requests for long enough, and is closed. */
  #endIfOld(connection: HttpConnection): boolean {
    if (this.#settings.now() < (this.#open.get(connection) ?? Infinity)) return false;
    this.#open.delete(connection);
    connection.abort("connection", "closed");
    return true;
  }

  #release(connection: HttpConnection): void {
    // Whoever waits is given a new one as this one closes.
    if (this.#endIfOld(connection)) return;
    const resume = this.#waiting.shift();
    if (resume !== undefined) resume(connection);
    else this.#idle.push(connection);
  }

  /** @param tunnel a connection that a proxy has made; by default it goes there itself */
  #connect(tunnel?: Socket): HttpConnection {
    const socket = untraced(() => openSocket(this.#settings, tunnel));
    const connection = new HttpConnection(socket, this.#settings.maxAnswerBytes ?? defaultMaxAnswerBytes, (idle) =>
      this.#release(idle),
    );
    this.#open.set(connection, agesAtMs(this.#settings));
    if (socket === tunnel) socket.resume();
    socket.setNoDelay(true);
    socket.setTimeout(idleSocketMs);
    socket.unref();
    const { connectMs } = this.#settings;
    const stands = socket === tunnel;
    const stopTimer = stands ? () => {} : limitConnect(connectMs, (why) => connection.abort("connection", why));
    socket.once("encrypted" in socket ? "secureConnect" : "connect", () => {
      stopTimer();
      // Trying several addresses gives the socket a new handle, which holds the process again.
      socket.unref();
    });
    socket.once("close", () => {
      stopTimer();
      this.#forget(connection);
    });
    return connection;
  }

  #forget(connection: HttpConnection): void {
    this.#open.delete(connection);
    const at = this.#idle.indexOf(connection);
    if (at !== -1) this.#idle.splice(at, 1);
    if (this.#waiting.length === 0 || this.#closed) return;
    const { proxy } = this.#settings;
    if (proxy === undefined) this.#release(this.#connect());
    else this.#dial(proxy);
  }
}

/** When a connection that is made now is old. */
export function agesAtMs({ maxAgeMs, now, random }: Pick<HttpClientSettings, "maxAgeMs" | "now" | "random">): number {
  return now() + maxAgeMs * (0.8 + 0.4 * random());
}

function noAnswer(cause: "connection" | "deadline", reason: string): HttpResult {
  return { kind: "no-answer", cause, reason, staleSocket: false };
}

function openSocket({ url, tls }: HttpClientSettings, tunnel?: Socket): Socket {
  if (tunnel !== undefined && url.protocol !== "https:") return tunnel;
  // A URL writes an IPv6 address in brackets.
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (url.protocol !== "https:") return builtin("node:net").connect({ host, port: Number(url.port || 80) });
  const { connect } = builtin("node:tls");
  // No name is sent for an address (RFC 6066, 3).
  const servername = builtin("node:net").isIP(host) === 0 ? host : "";
  const way = tunnel === undefined ? { host, port: Number(url.port || 443) } : { socket: tunnel };
  return connect({ ...way, servername, ALPNProtocols: ["http/1.1"], ...tls });
}

/** What stands behind the method, up to what only this request has. */
function requestHead(url: URL, headers: Readonly<Record<string, string>>): string {
  const all: Record<string, string> = { host: url.host };
  if (url.username !== "" || url.password !== "") {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    all["authorization"] = `Basic ${Buffer.from(credentials).toString("base64")}`;
  }
  for (const [name, value] of Object.entries(headers)) {
    checkHeader(name, value);
    all[name.toLowerCase()] = value;
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${url.pathname}${url.search} HTTP/1.1\r\n${lines.join("")}connection: keep-alive\r\n`;
}

/** Leaves what is not plain to Node, and says what Node says: `node:http` takes a millisecond to load, for a process that has none of it. */
function checkHeader(name: string, value: string): void {
  if (/^[A-Za-z0-9-]+$/.test(name) && /^[ -~]*$/.test(value)) return;
  const { validateHeaderName, validateHeaderValue } = builtin("node:http");
  validateHeaderName(name);
  validateHeaderValue(name, value);
}
