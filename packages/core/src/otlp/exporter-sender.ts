import type { Attributes } from "@opentelemetry/api";
import type { ProducedResource } from "../model/resource.ts";
import type { ReadableSpan, SpanExporter } from "../model/span-processor.ts";
import type { Sender, SendResult } from "../pipeline/transport/sender.ts";
import type { StartTimer } from "../pipeline/time/timers.ts";
import { untraced } from "../pipeline/transport/untraced.ts";
import { readTraceRequest } from "./read-trace-request.ts";
import { textOf } from "../model/foreign/text-of.ts";
import { whenRejected } from "../model/foreign/when-rejected.ts";

export interface ExporterSenderSettings {
  readonly exporter: SpanExporter;
  /** For the operator's eye. */
  readonly name: string;
  /** An export that has not called back by then counts as failed. */
  readonly timeoutMs: number;
  readonly makeResource: (attributes: Attributes) => ProducedResource;
  readonly startTimer: StartTimer;
}

const success = 0;

/**
 * Gives batches to an exporter of the user's: one of the OpenTelemetry SDK, or its own. Bodies are the same OTLP bytes as everywhere; spans are
 * made from them when they go out, so that a queue never holds objects and a spool fits any exporter.
 *
 * Whatever the exporter does is an answer: it may throw, never call back, or call back twice.
 */
export class ExporterSender implements Sender {
  readonly destination: string;
  readonly #settings: ExporterSenderSettings;
  readonly #ending = new Set<() => void>();
  #closed = false;

  constructor(settings: ExporterSenderSettings) {
    this.#settings = settings;
    this.destination = settings.name;
  }

  prepare(parts: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
    return Promise.resolve(parts);
  }

  send(body: readonly Uint8Array[]): Promise<SendResult> {
    const { exporter, timeoutMs, makeResource, startTimer } = this.#settings;
    if (this.#closed) return Promise.resolve({ outcome: "retryable", cause: "connection", reason: "closed" });
    let spans: ReadableSpan[];
    try {
      spans = readTraceRequest(Buffer.concat(body), makeResource);
    } catch (error) {
      return Promise.resolve({ outcome: "refused", reason: textOf(error) });
    }
    return new Promise((resolve) => {
      const settle = (result: SendResult): void => {
        stop();
        this.#ending.delete(end);
        resolve(result);
      };
      const end = (): void => settle({ outcome: "retryable", cause: "connection", reason: "closed" });
      const stop = startTimer(timeoutMs, () =>
        settle({ outcome: "retryable", cause: "deadline", reason: `no answer within ${timeoutMs} ms` }),
      );
      this.#ending.add(end);
      try {
        const answer: unknown = untraced(() => exporter.export(spans, (result) => settle(resultOf(result))));
        whenRejected(answer, (error) => settle(failed(error)));
      } catch (error) {
        settle(failed(error));
      }
    });
  }

  close(): void {
    this.#closed = true;
    for (const end of [...this.#ending]) end();
    void Promise.resolve()
      .then(() => this.#settings.exporter.shutdown())
      // It is of no consequence any more how an exporter fails to end.
      .catch(() => {});
  }
}

/** What an exporter told of an export, whatever it told. */
function resultOf(result: Parameters<Parameters<SpanExporter["export"]>[1]>[0] | undefined): SendResult {
  try {
    return result?.code === success ? { outcome: "accepted", rejected: 0 } : failed(result?.error ?? "it failed");
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): SendResult {
  return { outcome: "retryable", cause: "status", reason: textOf(error) };
}
