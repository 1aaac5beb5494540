import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "../../model/span-processor.ts";
import type { Tally } from "../../tally/tally.ts";
import { suppressTracingKey } from "../context/context-keys.ts";
import { textOf } from "../../model/foreign/text-of.ts";
import { whenRejected } from "../../model/foreign/when-rejected.ts";

export interface ExporterBatchesSettings {
  readonly exporter: SpanExporter;
  /** What waits at most; what comes after is dropped. */
  readonly maxWaiting: number;
  readonly maxBatch: number;
  /** How long the first span of a batch waits for more. */
  readonly delayMs: number;
  /** An export that has not called back by then counts as failed. */
  readonly timeoutMs: number;
  /** Takes the drops: `exporter-overflow`, `exporter-failed`, `exporter-closed`. */
  readonly drops: Tally;
  readonly diagnostics: Diagnostics;
}

const untraced = ROOT_CONTEXT.setValue(suppressTracingKey, true);
const success = 0;

/** Gives an exporter of the user's its spans in batches, one export at a time. What it does on the network is not traced. */
export class ExporterBatches implements SpanProcessor {
  readonly #settings: ExporterBatchesSettings;
  #waiting: ReadableSpan[] = [];
  #timer: NodeJS.Timeout | undefined = undefined;
  #running: Promise<void> | undefined = undefined;
  #failing = false;
  #closed = false;

  constructor(settings: ExporterBatchesSettings) {
    this.#settings = settings;
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    const { maxWaiting, maxBatch, delayMs, drops } = this.#settings;
    if (this.#closed) return drops.add("exporter-closed");
    if (this.#waiting.length >= maxWaiting) return drops.add("exporter-overflow");
    this.#waiting.push(span);
    if (this.#running !== undefined) return;
    if (this.#waiting.length >= maxBatch) void this.#run();
    else this.#timer ??= setTimeout(() => void this.#run(), delayMs).unref();
  }

  async forceFlush(): Promise<void> {
    while (this.#waiting.length > 0 || this.#running !== undefined) await this.#run();
    await context.with(untraced, () => this.#settings.exporter.forceFlush?.());
  }

  async shutdown(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    while (this.#waiting.length > 0 || this.#running !== undefined) await this.#run();
    await context.with(untraced, () => this.#settings.exporter.shutdown());
  }

  /** Exports what waits, all of it; whoever calls meanwhile awaits the same run. */
  #run(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    return (this.#running ??= this.#drain().finally(() => (this.#running = undefined)));
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#settings.maxBatch);
      const failure = await this.#export(batch);
      if (failure !== undefined) this.#settings.drops.add("exporter-failed", batch.length);
      this.#tell(failure);
    }
  }

  /** Answers what went wrong, never rejects. */
  #export(batch: ReadableSpan[]): Promise<string | undefined> {
    const { exporter, timeoutMs } = this.#settings;
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(`no answer within ${timeoutMs} ms`), timeoutMs).unref();
      const done = (failure: string | undefined): void => {
        clearTimeout(timer);
        resolve(failure);
      };
      try {
        const answer: unknown = context.with(untraced, () =>
          exporter.export(batch, (result) => done(failureOf(result))),
        );
        whenRejected(answer, (error) => done(textOf(error)));
      } catch (error) {
        done(textOf(error));
      }
    });
  }

  /** One line when it begins to fail, one when it works again. */
  #tell(failure: string | undefined): void {
    if ((failure !== undefined) === this.#failing) return;
    this.#failing = failure !== undefined;
    const { diagnostics } = this.#settings;
    if (failure === undefined) diagnostics.info("the SpanExporter works again", "GSM_PLUGIN_WORKS");
    else
      diagnostics.warn(`the SpanExporter fails, and its spans are lost: ${failure.slice(0, 200)}`, "GSM_PLUGIN_FAILS");
  }
}

/** What an exporter told of an export, whatever it told; undefined for a success. */
function failureOf(result: Parameters<Parameters<SpanExporter["export"]>[1]>[0] | undefined): string | undefined {
  try {
    return result?.code === success ? undefined : textOf(result?.error ?? "refused");
  } catch (error) {
    return textOf(error);
  }
}
