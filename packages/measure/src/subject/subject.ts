import type { TelemetryOptions } from "@gossamer/core";

/** How a start is measured. */
export interface SlicePlan {
  readonly requests: number;
  /** After so long a slice ends early, in ms. */
  readonly maxMs: number;
  readonly concurrency: number;
}

export interface WarmUpPlan {
  /** At least so many. */
  readonly requests: number;
  /** At least so long, in ms. */
  readonly ms: number;
  readonly concurrency: number;
}

/** One slice. */
export interface SliceMeasure {
  readonly requests: number;
  /** Of the whole process over the slice, with the sending of its spans and one export of metrics. */
  readonly cpuMicros: number;
  /** Of one more flush, in which there is nothing but metrics. */
  readonly flushMicros: number;
  /** Of requests one at a time, in µs. */
  readonly latenciesMicros: Float64Array;
}

/** What is known when the slices are over. */
export interface FinishMeasure {
  readonly heapBytes: number;
  /** Undefined where other configurations ran in the same process. */
  readonly rssBytes: number | undefined;
  /** Whether garbage was collected before memory was read. */
  readonly collected: boolean;
  readonly seen: SeenByEngine | undefined;
}

/** What the engine says it did, all of it since its start. */
export interface SeenByEngine {
  /** Requests and tasks that came before the sampler, or into the metrics; undefined where traces and metrics are both off. */
  readonly noticed: boolean | undefined;
  readonly exportedSpans: number;
  /** Recorded spans that nobody got, by reason. */
  readonly drops: Readonly<Record<string, number>>;
  readonly requestLines: number;
  /** Flushes that did not deliver in time. */
  readonly undelivered: number;
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly requestLine: boolean;
  /** Of spans. */
  readonly exports: boolean;
}

/** One configuration, started: what runs the workload, here or in a process of its own. Orders are given one at a time. */
export interface Subject {
  /** To each request once, or of the first pieces of work, as text to be compared. */
  answers(): Promise<readonly string[]>;
  warmUp(plan: WarmUpPlan): Promise<void>;
  slice(plan: SlicePlan): Promise<SliceMeasure>;
  finish(): Promise<FinishMeasure>;
  stop(): Promise<void>;
}

/** Which parts of telemetry are switched off, whatever the options say. */
export interface Switches {
  readonly traces?: false;
  readonly metrics?: false;
  readonly requestLine?: false;
  readonly exporter?: "none";
  readonly spanExporters?: readonly never[];
}

/** What a start is told. It can be sent to another process. */
export interface StartSettings {
  readonly configuration: string;
  /** Undefined: the bare workload. */
  readonly options: TelemetryOptions | undefined;
  readonly switches: Switches;
  /** `http://127.0.0.1:port` of the collector that takes everything. */
  readonly sinkUrl: string;
  /** The longest a request and a flush may take, in ms. */
  readonly timeoutMs: number;
  /** Whether nothing else runs in this process. */
  readonly alone: boolean;
}
