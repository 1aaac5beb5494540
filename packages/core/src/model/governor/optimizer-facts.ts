/** What was measured in one window. Of each less is better; undefined where nothing was to be measured, or nobody tells. */
export interface WindowFigures {
  /** Half of the requests took less. */
  readonly p50Ms: number | undefined;
  /** Of 20 requests 19 took less. */
  readonly p95Ms: number | undefined;
  /** Telemetry's own share of the CPU that the process used, from 0 to 1. */
  readonly share: number | undefined;
  /** Of what the process may use, from 0 to 1. */
  readonly cpu: number | undefined;
  /** Of what the process may use, from 0 to 1. */
  readonly memory: number | undefined;
  /** How full the queue of spans was, from 0 to 1. */
  readonly queueUse: number | undefined;
  /** Of 20 exports 19 took less. */
  readonly exportP95Ms: number | undefined;
  /** Spans that were lost. */
  readonly dropsPerMinute: number | undefined;
}

/** What the optimizer moves. */
export interface Tuning {
  /** By what the size of batches and the time they wait are multiplied, from 0.1 to 1. */
  readonly batch: number;
  /** By what sampling ratios are multiplied, from `overhead.minRatio` to 1. */
  readonly ratio: number;
  /** From 1 to 9. */
  readonly gzipLevel: number;
  /** Exports of spans at once. */
  readonly concurrentExports: number;
  /** The place in the list of exporters of the one that is used first. */
  readonly exporter: number;
}

/** What a rule decides by. */
export interface OptimizerFacts {
  /** Of the window that ends now. */
  readonly now: WindowFigures;
  /** Of the one before; undefined in the first. */
  readonly last: WindowFigures | undefined;
  /** What holds now. */
  readonly tuning: Tuning;
  /** What the options say. */
  readonly chosen: Tuning;
  /** How many exporters there are. */
  readonly exporters: number;
}

/** What a rule would change. */
export interface Proposal {
  /** What has to become less for it, or at least no more: one window later the change is judged by it, and undone where it is over 5 % more. */
  readonly figure: keyof WindowFigures;
  /** Why, in a few words: for the log. */
  readonly reason: string;
  /** By what {@link Tuning.batch} is multiplied. */
  readonly batch?: number | undefined;
  /** By what {@link Tuning.ratio} is multiplied. */
  readonly ratio?: number | undefined;
  readonly gzipLevel?: number | undefined;
  /** At most what the options say. */
  readonly concurrentExports?: number | undefined;
  /** Whether the next exporter of the list takes the place of the one in use. */
  readonly nextExporter?: boolean | undefined;
}

/** Looks at a window, and proposes a change; undefined for none. Runs once a window, on the thread of the requests. */
export type OptimizerRule = (facts: OptimizerFacts) => Proposal | undefined;

/** One change, and what came of it. */
export interface OptimizerChange {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The rule's name. */
  readonly rule: string;
  readonly reason: string;
  readonly from: Tuning;
  readonly to: Tuning;
  readonly figure: keyof WindowFigures;
  /** The figure in the window before the change. */
  readonly before: number;
  /** The figure in the window behind it; undefined as long as that lasts, and where nothing was to be measured. */
  readonly after?: number | undefined;
  /** `(before − after) / before`: above 0 it helped. */
  readonly gain?: number | undefined;
  /** Whether it was undone, as it made its figure worse, or as nobody can tell. */
  readonly isUndone: boolean;
}

/** What the optimizer did. */
export interface OptimizerReport {
  /** What holds now. */
  readonly tuning: Tuning;
  /** The last 200, oldest first. */
  readonly changes: readonly OptimizerChange[];
  /** Rules that wait, as a change of theirs was undone. */
  readonly resting: readonly string[];
}
