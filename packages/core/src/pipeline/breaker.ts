/**
 * Stops calls to a collector that keeps failing. The time is a parameter.
 *
 * Every `true` of `allows` is followed by exactly one `succeeded` or `failed`.
 */
export interface Breaker {
  allows(nowMs: number): boolean;
  succeeded(nowMs: number): void;
  failed(nowMs: number): void;
}

/** The breaker that never opens. */
export const closedBreaker: Breaker = {
  allows: () => true,
  succeeded: () => {},
  failed: () => {},
};
