import type { HrTime } from "@opentelemetry/api";

/** Time as the engine reads it. Durations come from `now`, timestamps from `epochMs`. */
export interface Clock {
  /** Monotonic milliseconds, with a fraction. */
  now(): number;
  /** Milliseconds since 1970 of a moment that `now` gave. */
  epochMs(monotonicMs: number): number;
  /** The moment on the monotonic scale of a time given as milliseconds since 1970. */
  monotonicMs(epochMs: number): number;
}

export interface ClockSources {
  readonly monotonicMs: () => number;
  readonly wallMs: () => number;
}

// Taken once: as a global it is an accessor, which costs half as much again as the reading itself.
const { performance } = globalThis;

const reanchorMs = 60_000;
const checkMs = 1_000;
const stepMs = 50;

/**
 * The monotonic clock tied to the wall clock, so that spans of one process line up and durations are never negative.
 *
 * The tie is renewed each minute, and at once when the wall clock was set, or went on while the machine slept: it is compared at most once a
 * second, and only while timestamps are asked for.
 */
export function createClock(
  sources: ClockSources = { monotonicMs: () => performance.now(), wallMs: () => Date.now() },
): Clock {
  const now = sources.monotonicMs;
  let anchoredAt = now();
  let checkedAt = anchoredAt;
  let offset = sources.wallMs() - anchoredAt;

  function renew(): void {
    const at = now();
    checkedAt = at;
    const wallOffset = sources.wallMs() - at;
    if (at - anchoredAt >= reanchorMs || Math.abs(wallOffset - offset) > stepMs) {
      anchoredAt = at;
      offset = wallOffset;
    }
  }

  return {
    now,
    epochMs(monotonicMs) {
      if (monotonicMs - checkedAt >= checkMs) renew();
      return monotonicMs + offset;
    },
    monotonicMs(epochMs) {
      // A time of day is one of the wall clock as it is now.
      if (now() - checkedAt >= checkMs) renew();
      return epochMs - offset;
    },
  };
}

/** Milliseconds as OpenTelemetry's pair of seconds and nanoseconds. */
export function hrTime(ms: number): HrTime {
  const wholeMs = Math.floor(ms);
  const seconds = Math.floor(wholeMs / 1000);
  const nanos = (wholeMs - seconds * 1000) * 1e6 + Math.round((ms - wholeMs) * 1e6);
  return nanos < 1e9 ? [seconds, nanos] : [seconds + 1, nanos - 1e9];
}
