import { builtin } from "../model/builtin.ts";
import { HttpClient } from "./http-client.ts";
import type { PostResult } from "./http-connection.ts";
import { readPartialSuccess } from "./partial-success.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { Sender, SendResult } from "./sender.ts";

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

const retryableStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * Posts OTLP/HTTP protobuf over keep-alive connections of its own, never traced.
 *
 * Retryable are 429, 502, 503, 504, a failed connection and a passed deadline; any other status but 2xx is refused.
 */
export class HttpSender implements Sender {
  readonly destination: string;
  readonly #settings: HttpSenderSettings;
  readonly #client: HttpClient | undefined;
  /** Why no request can be made: a header that HTTP does not have, for one. */
  #impossible = "";

  /** Throws a TypeError when the URL is none. */
  constructor(settings: HttpSenderSettings) {
    this.#settings = settings;
    const url = new URL(settings.url);
    this.destination = url.origin + url.pathname;
    try {
      this.#client = new HttpClient({
        url,
        connections: settings.connections,
        tls: settings.ca === undefined ? undefined : { ca: settings.ca },
        headers: {
          ...settings.headers,
          "content-type": "application/x-protobuf",
          ...(settings.compression === "gzip" ? { "content-encoding": "gzip" } : undefined),
        },
      });
    } catch (error) {
      this.#impossible = error instanceof Error ? error.message : String(error);
    }
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
    const client = this.#client;
    if (client === undefined) return { outcome: "refused", reason: this.#impossible };
    const beganMs = performance.now();
    const { timeoutMs } = this.#settings;
    let result = await client.post(body, timeoutMs);
    if (result.kind === "no-answer" && result.staleSocket) {
      // The collector closed an idle connection just as it was picked: that says nothing of the collector, a new connection does.
      result = await client.post(body, Math.max(1, timeoutMs - (performance.now() - beganMs)));
    }
    return judge(result);
  }

  close(): void {
    this.#client?.close();
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
