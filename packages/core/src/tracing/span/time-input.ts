import type { TimeInput } from "@opentelemetry/api";
import type { Clock } from "../../model/clock.ts";

/** Three years: no process runs that long, and no span is of before 1973. Work that was queued before the process began is older than it. */
const maxUptimeMs = 1e11;

/**
 * The moment on the monotonic clock that the API's `TimeInput` means: milliseconds since 1970, a `Date`, `[seconds, nanoseconds]`, or a
 * reading of `performance.now()`. What is none of these is now.
 */
export function monotonicTime(input: TimeInput | undefined, clock: Clock): number {
  if (input === undefined || input === null) return clock.now();
  if (typeof input === "number") {
    if (!Number.isFinite(input)) return clock.now();
    return input < maxUptimeMs ? input : clock.monotonicMs(input);
  }
  try {
    return clock.monotonicMs(epochMs(input));
  } catch {
    // A proxy or getter of the user's that throws says no time.
    return clock.now();
  }
}

function epochMs(input: Date | TimeInput): number {
  if (input instanceof Date && !Number.isNaN(input.getTime())) return input.getTime();
  if (Array.isArray(input) && Number.isFinite(input[0]) && Number.isFinite(input[1])) {
    return input[0] * 1000 + input[1] / 1e6;
  }
  throw new TypeError("This is no time.");
}
