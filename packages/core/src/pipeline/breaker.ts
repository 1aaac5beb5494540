/**
 * Stops calls to a collector that keeps failing. The time is a parameter.
 *
 * Every `true` of `allows` is followed by exactly one `succeeded` or `failed`.
 */
export interface Breaker {
  allows(nowMs: number): boolean;
  succeeded(nowMs: number): void;
  failed(nowMs: number): void;
  /**
   * The moment from which `allows` may answer true: it may have passed; Infinity while a trial call is under way. A breaker without it is asked
   * again each second.
   */
  readonly readyAtMs?: number;
  /** Somebody waits: an open time ends now, with a trial call. */
  hurry?(): void;
}

/** The breaker that never opens. */
export const closedBreaker: Breaker = {
  readyAtMs: -Infinity,
  allows: () => true,
  succeeded: () => {},
  failed: () => {},
};
