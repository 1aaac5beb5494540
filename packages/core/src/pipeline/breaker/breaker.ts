/**
 * Stops calls to a collector that keeps failing. The time is a parameter.
 *
 * Every `true` of `allows` is followed by exactly one `succeeded` or `failed`.
 */
export interface Breaker {
  readonly state: "closed" | "open" | "half-open";
  /** Changes of state so far. */
  readonly changes: number;
  /** The moment from which `allows` may answer true: it may have passed; Infinity while a trial call is under way. */
  readonly readyAtMs: number;
  allows(nowMs: number): boolean;
  succeeded(nowMs: number): void;
  failed(nowMs: number): void;
  /** Somebody waits: an open time ends now, with a trial call. */
  hurry(): void;
}

/** The breaker that never opens. */
export const closedBreaker: Breaker = {
  state: "closed",
  changes: 0,
  readyAtMs: -Infinity,
  allows: () => true,
  succeeded: () => {},
  failed: () => {},
  hurry: () => {},
};
