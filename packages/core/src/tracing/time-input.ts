import type { TimeInput } from "@opentelemetry/api";
import type { Clock } from "../model/clock.ts";

/**
 * The moment on the monotonic clock that the API's `TimeInput` means: milliseconds since 1970, a `Date`, `[seconds, nanoseconds]`, or a
 * reading of `performance.now()`. What is none of these is now.
 */
export function monotonicTime(input: TimeInput | undefined, clock: Clock): number {
  if (input === undefined || input === null) return clock.now();
  if (typeof input === "number") {
    if (!Number.isFinite(input)) return clock.now();
    // A reading of performance.now() is far below any epoch time a span could have.
    return input < performance.timeOrigin ? input : clock.monotonicMs(input);
  }
  if (input instanceof Date) {
    const time = input.getTime();
    return Number.isNaN(time) ? clock.now() : clock.monotonicMs(time);
  }
  if (Array.isArray(input) && Number.isFinite(input[0]) && Number.isFinite(input[1])) {
    return clock.monotonicMs(input[0] * 1000 + input[1] / 1e6);
  }
  return clock.now();
}
