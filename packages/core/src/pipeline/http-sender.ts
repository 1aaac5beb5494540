import type { Agent as HttpAgent, ClientRequest, RequestOptions } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import { builtin } from "../model/builtin.ts";
import { compress } from "./compress.ts";
import { post, type PostResult } from "./http-post.ts";
import { readPartialSuccess } from "./partial-success.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { Sender, SendResult } from "./sender.ts";
import type { SenderSettings } from "./sender-settings.ts";
import { startTimer } from "./timers.ts";
import { untraced } from "./untraced.ts";

const idleSocketMs = 90_000;
const maxAnswerBytes = 65_536;
const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Posts OTLP/HTTP protobuf over keep-alive connections of its own, never traced.
 *
 * Retryable are 429, 502, 503, 504, a failed connection and a passed deadline; any other status but 2xx is refused.
 */
export class HttpSender implements Sender {
  readonly destination: string;
  readonly #settings: SenderSettings;
  readonly #url: URL;
  readonly #agent: HttpAgent | HttpsAgent;
  readonly #active = new Set<ClientRequest>();
  #closed = false;

  /** Throws a TypeError when the URL is none. */
  constructor(settings: SenderSettings) {
    this.#settings = settings;
    this.#url = new URL(settings.url);
    this.destination = this.#url.origin + this.#url.pathname;
    const pool = { keepAlive: true, maxSockets: settings.connections, timeout: idleSocketMs };
    this.#agent =
      this.#url.protocol === "https:"
        ? new (builtin("node:https").Agent)({ ...pool, ...settings.tls })
        : new (builtin("node:http").Agent)(pool);
  }

  async prepare(parts: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    if (this.#settings.compression === "none") return parts;
    return [await compress(parts, this.#settings.gzipLevel)];
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
    const request = untraced(() => this.#request(body));
    this.#active.add(request);
    try {
      const limits = { totalMs, connectMs: this.#settings.connectTimeoutMs, maxAnswerBytes };
      return await post(request, body, limits, startTimer);
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
  if (result.kind === "no-answer") {
    // Node's parser met bytes that are no HTTP/1.1.
    const speaksOther = result.reason.startsWith("HPE_");
    const reason = speaksOther ? `no HTTP/1.1 there: ${result.reason}; its port is usually 4318` : result.reason;
    return { outcome: "retryable", cause: result.cause, reason };
  }
  const { status } = result;
  if (status >= 200 && status < 300) return { outcome: "accepted", ...readPartialSuccess(result.body) };
  const reason = `status ${status}`;
  if (!retryableStatuses.has(status)) return { outcome: "refused", reason, status };
  return { outcome: "retryable", cause: "status", reason, afterMs: retryAfterMs(result.retryAfter, Date.now()) };
}
