/** What the primary asks of a worker. */
export interface CollectMessage {
  readonly type: "gossamer:collect";
  readonly round: number;
}

/** What the worker answers. */
export interface MetricsMessage {
  readonly type: "gossamer:metrics";
  readonly round: number;
  /** A `MetricsSnapshot`, from a worker of ours. */
  readonly snapshot: unknown;
}

/** Whatever came over the channel, which the service uses too. */
export function isCollectMessage(message: unknown): message is CollectMessage {
  return typeOf(message) === "gossamer:collect";
}

export function isMetricsMessage(message: unknown): message is MetricsMessage {
  return typeOf(message) === "gossamer:metrics";
}

function typeOf(message: unknown): unknown {
  return (message as { readonly type?: unknown } | null | undefined)?.type;
}
