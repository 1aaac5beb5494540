import type { RoundMeasure } from "../rounds/run-rounds.ts";
import type { MeasureSettings } from "../measure-options.ts";
import type { Estimate } from "../statistics/bootstrap.ts";
import type { Verdict } from "../statistics/judge.ts";

/** A difference to the bare workload, paired by round, and whether it is outside of what the same workload differs from itself by. */
export interface Difference extends Estimate {
  readonly verdict: Verdict;
}

/** Of requests one at a time, in µs. */
export interface LatencySummary<T> {
  readonly mean: T;
  readonly p50: T;
  readonly p95: T;
  readonly p99: T;
}

/** What is measured of a configuration: each number the median over rounds with its 95 % interval. */
export interface Summary<T> {
  /** CPU of the whole process a request, in µs: all threads, collection of garbage, encoding and sending. */
  readonly cpuMicros: T;
  readonly latencyMicros: LatencySummary<T>;
  /** What lives on V8's heap and beside it in buffers. */
  readonly heapBytes: T;
  /** Absent where configurations shared a process. */
  readonly rssBytes?: T;
}

/** A part of the telemetry, and what switching it on adds to what is on already. */
export interface PartCost {
  readonly name: "context and clock" | "metrics" | "spans" | "encoding and export" | "request lines";
  /** CPU a request, in µs. */
  readonly addedMicros: Difference;
}

/** Where and how it was measured. */
export interface Circumstances {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** Of the machine at the start, over 1, 5 and 15 minutes. */
  readonly loadAverage: readonly number[];
  /** Whether each configuration had processes of its own, and how they were held on a core. */
  readonly processes: string;
  readonly ownProcesses: boolean;
  readonly settings: Omit<MeasureSettings, "env" | "onProgress">;
  /** ISO 8601. */
  readonly measuredAt: string;
}

/** What both kinds of report have. Plain data: `JSON.stringify` keeps all of it. */
export interface AnyReport {
  readonly bare: Summary<Estimate>;
  /** The A/A control: what the bare workload seems to cost more than itself. That is the error of the measurement. */
  readonly control: Summary<Difference>;
  /** What a reader must know before believing the numbers. */
  readonly notes: readonly string[];
  readonly circumstances: Circumstances;
  /** What every single start measured, by configuration. */
  readonly rounds: Readonly<Record<string, readonly RoundMeasure[]>>;
}

/** What one configuration costs a workload. */
export interface OverheadReport extends AnyReport {
  readonly kind: "overhead";
  /** Of the added CPU. */
  readonly verdict: Verdict;
  /** The added CPU in percent of the bare workload's. */
  readonly overheadPercent: Estimate;
  /** The added CPU in percent of the time a bare request takes. For handlers that wait for others, this is what callers could notice. */
  readonly latencySharePercent: Estimate;
  readonly observed: Summary<Estimate>;
  readonly added: Summary<Difference>;
  /** By what each adds to those before it. Empty where they were not asked for. As medians they add up to the whole only about. */
  readonly parts: readonly PartCost[];
  /** CPU of one export of metrics, in µs. It is in none of the other numbers: metrics leave by the clock and not by the request. */
  readonly metricExportMicros: Estimate;
}

/** One configuration among those compared. */
export interface RankedConfiguration {
  readonly name: string;
  /** From 1, the cheapest. Neighbours that cannot be told apart share a rank. */
  readonly rank: number;
  readonly cost: Summary<Estimate>;
  readonly added: Summary<Difference>;
  readonly overheadPercent: Estimate;
  /** Its added CPU in multiples of the first one's; absent where that is not measurable. */
  readonly timesCheapest?: Estimate;
}

/** What several configurations cost the same workload, the cheapest first. */
export interface ConfigurationsReport extends AnyReport {
  readonly kind: "configurations";
  readonly ranked: readonly RankedConfiguration[];
}
