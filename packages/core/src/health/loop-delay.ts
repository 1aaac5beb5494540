import { observedMetric, type OwnObservedMetric } from "../metrics/instruments/observed-metric.ts";
import type { DelayReading, ProcessSources } from "./process-sources.ts";

const nanosecondsASecond = 1e9;
const anewEveryMs = 1_000;
/** Each samples by a timer of its own. Readers beyond that share the last. */
const maxHistograms = 4;

const parts = ["min", "max", "mean", "stddev", "p50", "p90", "p99"] as const;

type Histogram = ReturnType<ProcessSources["sampleDelay"]>;

interface Account {
  readonly histogram: Histogram;
  reading: DelayReading | undefined;
  readMs: number;
}

/**
 * The delay of the event loop between two looks of the same reader: `nodejs.eventloop.delay.*`. What a timer takes by itself, its resolution, is taken
 * off.
 *
 * A histogram of Node's is emptied by who looks, and cannot be added to another. So each reader has one of its own: the first from the start on, a
 * later one from its first look on.
 */
export class LoopDelay {
  readonly #resolutionMs: number;
  readonly #sources: Pick<ProcessSources, "sampleDelay" | "now">;
  readonly #accounts = new Map<number, Account>();
  #unread: Histogram | undefined;
  #isStopped = false;

  constructor(resolutionMs: number, sources: Pick<ProcessSources, "sampleDelay" | "now">) {
    this.#resolutionMs = resolutionMs;
    this.#sources = sources;
    this.#unread = sources.sampleDelay(resolutionMs);
  }

  metrics(): OwnObservedMetric[] {
    return parts.map((part) =>
      observedMetric(`nodejs.eventloop.delay.${part}`, (reader) => {
        const reading = this.#read(reader);
        // Nothing was sampled yet.
        if (reading === undefined || reading.count === 0) return [];
        const seconds = reading[part] / nanosecondsASecond;
        const value = part === "stddev" ? seconds : Math.max(0, seconds - this.#resolutionMs / 1_000);
        return [{ attributes: {}, value }];
      }),
    );
  }

  stop(): void {
    this.#isStopped = true;
    this.#unread?.stop();
    for (const { histogram } of this.#accounts.values()) histogram.stop();
  }

  /** The seven parts of one collection are of one reading. */
  #read(reader: number): DelayReading | undefined {
    const account = this.#account(reader);
    if (account === undefined) return undefined;
    const nowMs = this.#sources.now();
    if (account.reading === undefined || nowMs - account.readMs >= anewEveryMs) {
      account.reading = account.histogram.takeAll();
      account.readMs = nowMs;
    }
    return account.reading;
  }

  #account(reader: number): Account | undefined {
    const known = this.#accounts.get(reader);
    if (known !== undefined) return known;
    if (this.#accounts.size === maxHistograms) return [...this.#accounts.values()].at(-1);
    if (this.#isStopped) return undefined;
    const histogram = this.#unread ?? this.#sources.sampleDelay(this.#resolutionMs);
    this.#unread = undefined;
    const account = { histogram, reading: undefined, readMs: 0 };
    this.#accounts.set(reader, account);
    return account;
  }
}
