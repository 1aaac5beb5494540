/** One lane at one moment. */
export interface LaneStatus {
  readonly accepted: number;
  readonly queued: number;
  readonly queuedBytes: number;
  /** Still being written, so not accepted yet. */
  readonly writing: number;
  /** How much of its bound is in use, from 0 to 1: of items or bytes, whichever is more. */
  readonly use: number;
  readonly capacity: { readonly maxItems: number; readonly maxBytes: number };
  /** How batches are made just now; it moves where batching is dynamic. */
  readonly batch: { readonly maxItems: number; readonly delayMs: number };
  readonly drops: Readonly<Record<string, number>>;
}

/** One exporter at one moment. */
export interface ExporterStatus {
  /** `otlp`, `console`, or the name of an exporter's class. */
  readonly name: string;
  readonly breaker: "closed" | "open" | "half-open";
  readonly breakerChanges: number;
  /** Items that it took. */
  readonly exported: number;
  readonly tries: number;
  readonly failedTries: number;
  /** Failed tries by kind: `connection`, `deadline`, `status 503`. */
  readonly failures: Readonly<Record<string, number>>;
  /** After compression, failed tries included. */
  readonly sentBytes: number;
}

/** The accounts of a pipeline: at every moment `accepted` is `exported + queued + inFlight + spooled + dropped + uncertain`, in items. */
export interface ExportStatus {
  /** Still being written, so not accepted yet. */
  readonly writing: number;
  /** What came in, with what an earlier process had left in the spool. */
  readonly accepted: number;
  readonly exported: number;
  readonly queued: number;
  readonly queuedBytes: number;
  readonly inFlight: number;
  /** Held by the fallback, in a file or a ring, to be sent later. */
  readonly spooled: number;
  readonly dropped: number;
  readonly drops: Readonly<Record<string, number>>;
  /** Of what was on its way when a process ended, nobody knows whether it arrived; it was sent again, or is in the spool. */
  readonly uncertain: number;
  /** Over all lanes. */
  readonly capacity: { readonly maxItems: number; readonly maxBytes: number };
  readonly lanes: Readonly<Record<string, LaneStatus>>;
  readonly exporters: readonly ExporterStatus[];
  readonly tries: number;
  readonly failedTries: number;
  /** Of all batches that were made, before compression. */
  readonly bodyBytes: number;
  /** After compression, failed tries included. */
  readonly sentBytes: number;
  /** Bytes in memory: what waits, what is being written, what is on its way, and a ring. */
  readonly heldBytes: number;
  /** Bytes that the fallback holds, in a file or a ring. */
  readonly fallbackBytes: number;
  /** New requests that were held back, so far and now. */
  readonly blocked: { readonly total: number; readonly now: number };
  /** `absent`: the endpoint is the default one and nothing ever answered there. */
  readonly collector: "reachable" | "unreachable" | "absent";
}
