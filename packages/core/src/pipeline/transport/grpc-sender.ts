import type { ClientHttp2Session, ClientHttp2Stream, SecureClientSessionOptions } from "node:http2";
import type { Socket } from "node:net";
import { builtin } from "../../model/builtin.ts";
import { cleanWords } from "../log/clean-words.ts";
import { compress } from "./compress.ts";
import { call, type CallResult, frameHead } from "./grpc-call.ts";
import { judgeGrpcStatus } from "./grpc-status.ts";
import { agesAtMs } from "./http-client.ts";
import { plainPort, speaksNoTls } from "./plain-port.ts";
import { authorityOf, openTunnel } from "./proxy-tunnel.ts";
import { readPartialSuccess } from "../answer/partial-success.ts";
import type { Sender, SendResult } from "./sender.ts";
import type { SenderSettings } from "./sender-settings.ts";
import { startTimer } from "../time/timers.ts";
import { userAgent } from "./user-agent.ts";
import { limitConnect } from "../time/limit-connect.ts";
import { untraced } from "./untraced.ts";
import { textOf } from "../../model/foreign/text-of.ts";

const idleSessionMs = 90_000;
const maxAnswerBytes = 65_536;
// In MiB. Every batch under way is held by the session until it is out; Node refuses new calls above its default of 10.
const maxSessionMemory = 256;
const retryableHttp: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Calls the Export method of an OTLP/gRPC collector, one unary call a try, over one HTTP/2 connection of its own that carries them all.
 *
 * The bytes are those of OTLP/HTTP behind a frame head. A library would bring its own queue, retries and name resolution to switch off again.
 * Source: gRPC over HTTP2 (PROTOCOL-HTTP2.md); OTLP specification, OTLP/gRPC.
 */
export class GrpcSender implements Sender {
  readonly destination: string;
  readonly #settings: SenderSettings;
  readonly #url: URL;
  readonly #sessions = new Set<ClientHttp2Session>();
  #current: ClientHttp2Session | undefined;
  /** From when on it is used no more. */
  #oldAtMs = Infinity;
  /** The one that a proxy is still asked for. */
  #dialling: Promise<ClientHttp2Session> | undefined;
  #closed = false;

  /** Throws a TypeError when the URL is none. */
  constructor(settings: SenderSettings) {
    this.#settings = settings;
    this.#url = new URL(settings.url);
    this.destination = this.#url.origin;
  }

  async prepare(parts: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    if (this.#settings.compression === "none") return [frameHead(0, parts), ...parts];
    const compressed = [await compress(parts, this.#settings.gzipLevel)];
    return [frameHead(1, compressed), ...compressed];
  }

  async send(body: readonly Uint8Array[]): Promise<SendResult> {
    const beganMs = performance.now();
    const { timeoutMs } = this.#settings;
    try {
      const wasOpen = this.#current?.connecting === false;
      let result = await this.#call(body, timeoutMs);
      if (result.kind === "no-answer" && result.cause === "connection" && (result.untouched || wasOpen)) {
        // The collector was just leaving this connection: that says nothing of the collector, a new one does.
        this.#retire(this.#current);
        result = await this.#call(body, Math.max(1, timeoutMs - (performance.now() - beganMs)));
      }
      return judge(result, this.#settings);
    } catch (error) {
      // Node would not even make the call, and never will: a header it refuses, for one.
      return { outcome: "refused", reason: textOf(error) };
    }
  }

  close(): void {
    this.#closed = true;
    for (const session of this.#sessions) session.destroy();
  }

  async #call(body: readonly Uint8Array[], totalMs: number): Promise<CallResult> {
    if (this.#closed) return { kind: "no-answer", cause: "connection", reason: "closed", untouched: false };
    // A new connection finds collectors that came later.
    if (performance.now() >= this.#oldAtMs) this.#retire(this.#current);
    const beganMs = performance.now();
    let session: ClientHttp2Session;
    try {
      session = this.#current ?? (await this.#begin());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { kind: "no-answer", cause: "connection", reason, untouched: false };
    }
    const isDirect = this.#settings.proxy === undefined;
    const leftMs = isDirect ? totalMs : Math.max(1, totalMs - (performance.now() - beganMs));
    const limits = { totalMs: leftMs, maxAnswerBytes };
    const result = await call(this.#open(session, leftMs), body, limits, startTimer);
    // A connection that swallows a call may be dead without knowing it; the next try finds out on a new one.
    if (result.kind === "no-answer") this.#retire(session);
    return result;
  }

  #open(session: ClientHttp2Session, totalMs: number): ClientHttp2Stream {
    const { headers, compression } = this.#settings;
    const { host, ...others } = headers;
    return session.request({
      "user-agent": userAgent,
      ...others,
      ":method": "POST",
      ":path": this.#url.pathname,
      ...(host === undefined ? undefined : { ":authority": host }),
      "content-type": "application/grpc",
      te: "trailers",
      // At most eight digits.
      "grpc-timeout": `${Math.min(99_999_999, Math.ceil(totalMs))}m`,
      "grpc-accept-encoding": "identity",
      ...(compression === "gzip" ? { "grpc-encoding": "gzip" } : undefined),
    });
  }

  /** One connection for all calls that come meanwhile. Rejects when the proxy makes none. */
  #begin(): ClientHttp2Session | Promise<ClientHttp2Session> {
    const { proxy, connectTimeoutMs } = this.#settings;
    if (proxy === undefined) return (this.#current = untraced(() => this.#connect()));
    return (this.#dialling ??= untraced(() =>
      openTunnel({ proxy, authority: authorityOf(this.#url), connectMs: connectTimeoutMs }),
    )
      .then((tunnel) => {
        if (this.#closed) tunnel.destroy();
        return (this.#current = untraced(() => this.#connect(tunnel)));
      })
      .finally(() => (this.#dialling = undefined)));
  }

  #connect(tunnel?: Socket): ClientHttp2Session {
    const { tls, connectTimeoutMs, maxConnectionAgeMs, random = Math.random } = this.#settings;
    this.#oldAtMs = agesAtMs({ maxAgeMs: maxConnectionAgeMs, now: () => performance.now(), random });
    // A collector has nothing to push. What it pushed would be a stream that nobody listens to, whose failure would end the process.
    const options: SecureClientSessionOptions = { maxSessionMemory, settings: { enablePush: false }, ...tls };
    const socket = this.#socket(tunnel);
    options.createConnection = () => socket;
    const session = builtin("node:http2").connect(this.#url.origin, options);
    const stopConnectTimer = limitConnect(connectTimeoutMs, (why) => {
      session.destroy(new Error(why));
      // The session leaves alone a socket that still connects; of any other it is the owner.
      if (socket.connecting) socket.destroy();
    });
    this.#sessions.add(session);
    session.unref();
    session.on("connect", () => {
      stopConnectTimer();
      // Trying several addresses gives the socket a new handle, which holds the process again.
      session.unref();
    });
    session.setTimeout(idleSessionMs, () => this.#retire(session));
    session.on("goaway", () => this.#retire(session));
    // Its calls tell of it.
    session.on("error", () => {});
    session.on("close", () => {
      stopConnectTimer();
      this.#retire(session);
      this.#sessions.delete(session);
    });
    return session;
  }

  /** @param tunnel a connection that a proxy has made; by default it goes there itself */
  #socket(tunnel: Socket | undefined): Socket {
    const { protocol, hostname, port } = this.#url;
    const isPlain = protocol !== "https:";
    // A URL writes an IPv6 address in brackets.
    const host = hostname.replace(/^\[(.*)\]$/, "$1");
    const way = tunnel === undefined ? { host, port: Number(port || (isPlain ? 80 : 443)) } : { socket: tunnel };
    if (isPlain) return tunnel ?? builtin("node:net").connect({ host, port: Number(port || 80) });
    const servername = builtin("node:net").isIP(host) === 0 ? host : "";
    return builtin("node:tls").connect({ ...way, servername, ALPNProtocols: ["h2"], ...this.#settings.tls });
  }

  /** No new calls on it; those under way may end. */
  #retire(session: ClientHttp2Session | undefined): void {
    if (session === undefined) return;
    if (this.#current === session) this.#current = undefined;
    if (!session.closed && !session.destroyed) session.close();
  }
}

function judge(result: CallResult, settings: SenderSettings): SendResult {
  switch (result.kind) {
    case "status": {
      if (result.status.code !== 0) {
        const judged = judgeGrpcStatus(result.status);
        return judged.outcome === "accepted" ? judged : { ...judged, reason: cleanWords(judged.reason, settings) };
      }
      const { rejected, message } = readPartialSuccess(result.message);
      return { outcome: "accepted", rejected, message: message && cleanWords(message, settings) };
    }
    case "http": {
      // Something before the collector answered, without gRPC.
      const reason = `status ${result.status} without a gRPC status`;
      if (retryableHttp.has(result.status)) return { outcome: "retryable", cause: "status", reason };
      return { outcome: "refused", reason, status: result.status };
    }
    case "no-answer": {
      const speaksNoHttp2 = /HTTP2|ALPN/.test(result.reason);
      const told = speaksNoTls(result.reason) ? plainPort(result.reason) : result.reason;
      const reason = speaksNoHttp2 ? `no gRPC there: ${result.reason}; its port is usually 4317` : told;
      return { outcome: "retryable", cause: result.cause, reason };
    }
  }
}
