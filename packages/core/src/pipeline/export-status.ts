/** The accounts of a pipeline: at every moment `accepted` is `exported + queued + inFlight + dropped`, in items. */
export interface ExportStatus {
  /** Still being written, so not accepted yet. */
  readonly writing: number;
  readonly accepted: number;
  readonly exported: number;
  readonly queued: number;
  readonly queuedBytes: number;
  readonly inFlight: number;
  readonly dropped: number;
  readonly drops: Readonly<Record<string, number>>;
  readonly capacity: { readonly maxItems: number; readonly maxBytes: number };
  readonly tries: number;
  readonly failedTries: number;
  /** After compression, failed tries included. */
  readonly sentBytes: number;
  /** `absent`: the endpoint is the default one and nothing ever answered there. */
  readonly collector: "reachable" | "unreachable" | "absent";
}
