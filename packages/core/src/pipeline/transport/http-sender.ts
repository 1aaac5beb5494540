import { cleanWords } from "../log/clean-words.ts";
import { reasonInBody } from "../answer/reason-in-body.ts";
import { compress } from "./compress.ts";
import { HttpClient } from "./http-client.ts";
import { malformedAnswer, type HttpResult } from "./http-connection.ts";
import { readPartialSuccess } from "../answer/partial-success.ts";
import { retryAfterMs } from "../answer/retry-after.ts";
import { plainPort, speaksNoTls } from "./plain-port.ts";
import type { Sender, SendResult } from "./sender.ts";
import type { SenderSettings } from "./sender-settings.ts";
import { userAgent } from "./user-agent.ts";
import { textOf } from "../../model/foreign/text-of.ts";

const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Posts OTLP/HTTP protobuf over keep-alive connections of its own, never traced.
 *
 * Retryable are 429, 502, 503, 504, a failed connection and a passed deadline; any other status but 2xx is refused.
 */
export class HttpSender implements Sender {
  readonly destination: string;
  /** A body is out before its answer counts as one, or its connection is destroyed. */
  readonly keepsNothing = true;
  readonly #settings: SenderSettings;
  readonly #client: HttpClient | undefined;
  /** Why no request can be made: a header that HTTP does not have, for one. */
  #impossible = "";

  /** Throws a TypeError when the URL is none. */
  constructor(settings: SenderSettings) {
    this.#settings = settings;
    const url = new URL(settings.url);
    this.destination = url.origin + url.pathname;
    try {
      this.#client = new HttpClient({
        url,
        connections: settings.connections,
        connectMs: settings.connectTimeoutMs,
        maxAgeMs: settings.maxConnectionAgeMs,
        now: () => performance.now(),
        random: settings.random ?? Math.random,
        proxy: settings.proxy,
        tls: settings.tls,
        headers: {
          "user-agent": userAgent,
          ...settings.headers,
          "content-type": "application/x-protobuf",
          ...(settings.compression === "gzip" ? { "content-encoding": "gzip" } : undefined),
        },
      });
    } catch (error) {
      this.#impossible = textOf(error);
    }
  }

  async prepare(parts: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    if (this.#settings.compression === "none") return parts;
    return [await compress(parts, this.#settings.gzipLevel)];
  }

  async send(body: readonly Uint8Array[]): Promise<SendResult> {
    const client = this.#client;
    if (client === undefined) return { outcome: "refused", reason: this.#impossible };
    const beganMs = performance.now();
    const { timeoutMs } = this.#settings;
    let result = await client.post(body, timeoutMs);
    if (result.kind === "no-answer" && result.staleSocket) {
      // The collector closed an idle connection just as it was picked: that says nothing of the collector, a new connection does.
      result = await client.post(body, Math.max(1, timeoutMs - (performance.now() - beganMs)));
    }
    return judge(result, this.#settings);
  }

  close(): void {
    this.#client?.close();
  }
}

function judge(result: HttpResult, settings: SenderSettings): SendResult {
  if (result.kind === "no-answer") {
    const speaksOther = result.reason === malformedAnswer;
    const told = speaksNoTls(result.reason) ? plainPort(result.reason) : result.reason;
    const reason = speaksOther ? `no HTTP/1.1 there: ${result.reason}; its port is usually 4318` : told;
    return { outcome: "retryable", cause: result.cause, reason };
  }
  const { status } = result;
  if (status >= 200 && status < 300) {
    const { rejected, message } = readPartialSuccess(result.body);
    return { outcome: "accepted", rejected, message: message && cleanWords(message, settings) };
  }
  const words = cleanWords(reasonInBody(result.body, result.contentType), settings);
  const reason = words === "" ? `status ${status}` : `status ${status}: ${words}`;
  if (!retryableStatuses.has(status)) return { outcome: "refused", reason, status };
  return { outcome: "retryable", cause: "status", reason, afterMs: retryAfterMs(result.retryAfter, Date.now()) };
}
