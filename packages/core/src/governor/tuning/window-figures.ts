import type { MetricData } from "../../model/metric-data.ts";
import type { GovernorFacts } from "../../model/governor/governor-facts.ts";
import type { WindowFigures } from "../../model/governor/optimizer-facts.ts";

/** What the way of spans says of itself. */
export interface QueueLook {
  /** From 0 to 1. */
  readonly use: number;
  /** Spans lost since the start. */
  readonly dropped: number;
}

export interface FigureSources {
  /** The durations of requests since the start, in seconds; undefined as long as there are none. */
  readonly durations: () => MetricData | undefined;
  /** Undefined where spans go nowhere. */
  readonly queue: () => QueueLook | undefined;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Durations of exports that are remembered in a window; of more the last count. */
const maxExports = 512;

/** Gathers what rules judge by, window after window. */
export class FigureGatherer {
  readonly #sources: FigureSources;
  readonly #sums = new Map<keyof WindowFigures, { sum: number; count: number }>();
  readonly #exports: number[] = [];
  #nextExport = 0;
  #counts: readonly number[] = [];
  #dropped: number | undefined = undefined;
  #beganMs: number;

  constructor(sources: FigureSources) {
    this.#sources = sources;
    this.#beganMs = sources.now();
    this.take();
  }

  /** What the governor saw. */
  looked({ share, cpu, memory }: GovernorFacts): void {
    this.#add("share", share);
    this.#add("cpu", cpu);
    this.#add("memory", memory);
    this.#add("queueUse", this.#sources.queue()?.use);
  }

  exported(durationMs: number): void {
    this.#exports[this.#nextExport] = durationMs;
    this.#nextExport = (this.#nextExport + 1) % maxExports;
  }

  /** Since the call before. */
  take(): WindowFigures {
    const { durations, queue, now } = this.#sources;
    const nowMs = now();
    const minutes = Math.max(1, nowMs - this.#beganMs) / 60_000;
    this.#beganMs = nowMs;
    const look = queue();
    if (!this.#sums.has("queueUse")) this.#add("queueUse", look?.use);
    const dropped = look?.dropped;
    const lost = dropped === undefined || this.#dropped === undefined ? undefined : dropped - this.#dropped;
    this.#dropped = dropped;
    const { counts, boundaries } = countsOf(durations());
    const rises = counts.map((count, i) => Math.max(0, count - (this.#counts[i] ?? 0)));
    this.#counts = counts;
    const exports = this.#exports.splice(0).toSorted((one, other) => one - other);
    this.#nextExport = 0;
    const figures = {
      p50Ms: inMs(quantile(rises, boundaries, 0.5)),
      p95Ms: inMs(quantile(rises, boundaries, 0.95)),
      share: this.#mean("share"),
      cpu: this.#mean("cpu"),
      memory: this.#mean("memory"),
      queueUse: this.#mean("queueUse"),
      exportP95Ms: exports[Math.floor(0.95 * exports.length)],
      dropsPerMinute: lost === undefined ? undefined : lost / minutes,
    };
    this.#sums.clear();
    return figures;
  }

  #add(name: keyof WindowFigures, value: number | undefined): void {
    if (value === undefined) return;
    const { sum, count } = this.#sums.get(name) ?? { sum: 0, count: 0 };
    this.#sums.set(name, { sum: sum + value, count: count + 1 });
  }

  #mean(name: keyof WindowFigures): number | undefined {
    const known = this.#sums.get(name);
    return known && known.sum / known.count;
  }
}

function countsOf(data: MetricData | undefined): {
  readonly counts: readonly number[];
  readonly boundaries: readonly number[];
} {
  if (data?.kind !== "histogram") return { counts: [], boundaries: [] };
  const { boundaries, points } = data;
  const counts = Array.from({ length: boundaries.length + 1 }, () => 0);
  for (const point of points) for (const [i, count] of point.counts.entries()) counts[i]! += count;
  return { counts, boundaries };
}

/** Within a bucket values are taken as evenly spread; what is above the last bound counts as that. */
export function quantile(counts: readonly number[], boundaries: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let below = 0;
  for (const [i, count] of counts.entries()) {
    if (count > 0 && below + count >= share * total) {
      const low = i === 0 ? 0 : (boundaries[i - 1] ?? 0);
      const high = boundaries[i] ?? low;
      return low + ((high - low) * (share * total - below)) / count;
    }
    below += count;
  }
  return boundaries.at(-1);
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000;
}
