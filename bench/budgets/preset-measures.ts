/** What the process of one row reports. Lists have one number a slice. */
export interface PresetMeasures {
  readonly spanMicros: readonly number[];
  readonly recordMicros: readonly number[];
  readonly lineMicros: readonly number[];
  readonly addedMicros: readonly number[];
  readonly baseBytes: number;
  readonly queuedBytesASpan: number;
  readonly metricStoreBytes: number;
  /** As the settings say, for the arithmetic of the network. */
  readonly metricIntervalMs: number;
  readonly delayMs: number;
  readonly simulatedSeconds: number;
  /** Requests the telemetry had to count until the network was measured. */
  readonly requests: number;
}

/** Moments at which the parent process looks at its sink before the child goes on. */
export type Moment = "network begins" | "network ends" | "full batches begin" | "full batches end" | "answer no more";

export type PresetMessage =
  | { readonly at: Moment }
  | { readonly measures: PresetMeasures }
  | { readonly failed: string };
