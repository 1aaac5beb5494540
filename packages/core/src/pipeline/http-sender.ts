import type { Agent as HttpAgent, ClientRequest, RequestOptions } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import { context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import { builtin } from "../model/builtin.ts";
import { post, type PostResult } from "./http-post.ts";
import { readPartialSuccess } from "./partial-success.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { Sender, SendResult } from "./sender.ts";
import { startTimer } from "./timers.ts";

export interface HttpSenderSettings {
  /** Of one signal, path included: `http://localhost:4318/v1/traces`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: "gzip" | "none";
  /** 1 to 9. */
  readonly gzipLevel: number;
  /** The total deadline of a try, from the first byte out to the last byte in. */
  readonly timeoutMs: number;
  /** Sockets at most. */
  readonly connections: number;
  /** A certificate authority to trust instead of Node's list, PEM. */
  readonly ca?: string | undefined;
}

const idleSocketMs = 90_000;
const connectMs = 10_000;
const maxAnswerBytes = 65_536;
const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

// The key of @opentelemetry/core: instrumentations that see it leave the request alone. createContextKey is Symbol.for.
const untraced = ROOT_CONTEXT.setValue(createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING"), true);

/**
 * Posts OTLP/HTTP protobuf over keep-alive connections of its own, never traced.
 *
 * Retryable are 429, 502, 503, 504, a failed connection and a passed deadline; any other status but 2xx is refused.
 */
export class HttpSender implements Sender {
  readonly destination: string;
  readonly #settings: HttpSenderSettings;
  readonly #url: URL;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #active = new Set<ClientRequest>();
  #closed = false;

  /** Throws a TypeError when the URL is none. */
  constructor(settings: HttpSenderSettings) {
    this.#settings = settings;
    this.#url = new URL(settings.url);
    this.destination = this.#url.origin + this.#url.pathname;
    const pool = { keepAlive: true, maxSockets: settings.connections, timeout: idleSocketMs };
    this.#agent =
      this.#url.protocol === "https:"
        ? new (builtin("node:https").Agent)(settings.ca === undefined ? pool : { ...pool, ca: settings.ca })
        : new (builtin("node:http").Agent)(pool);
  }

  prepare(parts: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    if (this.#settings.compression === "none") return Promise.resolve(parts);
    return new Promise((resolve, reject) => {
      builtin("node:zlib").gzip(Buffer.concat(parts), { level: this.#settings.gzipLevel }, (error, compressed) => {
        if (error === null) resolve([compressed]);
        else reject(error);
      });
    });
  }

  async send(body: readonly Uint8Array[]): Promise<SendResult> {
    const beganMs = performance.now();
    const { timeoutMs } = this.#settings;
    try {
      let result = await this.#post(body, timeoutMs);
      if (result.kind === "no-answer" && result.staleSocket) {
        // The collector closed an idle connection just as it was picked: that says nothing of the collector, a new connection does.
        result = await this.#post(body, Math.max(1, timeoutMs - (performance.now() - beganMs)));
      }
      return judge(result);
    } catch (error) {
      // Node would not even make the request, and never will: a header it refuses, for one.
      return { outcome: "refused", reason: error instanceof Error ? error.message : String(error) };
    }
  }

  close(): void {
    this.#closed = true;
    for (const request of this.#active) request.destroy();
    this.#agent.destroy();
  }

  async #post(body: readonly Uint8Array[], totalMs: number): Promise<PostResult> {
    if (this.#closed) return { kind: "no-answer", cause: "connection", reason: "closed", staleSocket: false };
    const request = context.with(untraced, () => this.#request(body));
    this.#active.add(request);
    try {
      return await post(request, body, { totalMs, connectMs, maxAnswerBytes }, startTimer);
    } finally {
      this.#active.delete(request);
    }
  }

  #request(body: readonly Uint8Array[]): ClientRequest {
    const { headers, compression } = this.#settings;
    const options: RequestOptions = {
      method: "POST",
      agent: this.#agent,
      headers: {
        ...headers,
        "content-type": "application/x-protobuf",
        "content-length": body.reduce((sum, part) => sum + part.byteLength, 0),
        ...(compression === "gzip" ? { "content-encoding": "gzip" } : undefined),
      },
    };
    return this.#url.protocol === "https:"
      ? builtin("node:https").request(this.#url, options)
      : builtin("node:http").request(this.#url, options);
  }
}

function judge(result: PostResult): SendResult {
  if (result.kind === "no-answer") return { outcome: "retryable", cause: result.cause, reason: result.reason };
  const { status } = result;
  if (status >= 200 && status < 300) return { outcome: "accepted", ...readPartialSuccess(result.body) };
  const reason = `status ${status}`;
  if (!retryableStatuses.has(status)) return { outcome: "refused", reason, status };
  return { outcome: "retryable", cause: "status", reason, afterMs: retryAfterMs(result.retryAfter, Date.now()) };
}
