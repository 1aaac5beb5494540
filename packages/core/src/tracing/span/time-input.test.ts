import type { TimeInput } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { handClock } from "../../metrics/testing/test-metrics.ts";
import { monotonicTime } from "./time-input.ts";

const epochMs = 1_700_000_000_000;
const nowMs = 5_000;

function read(input: unknown): number {
  const clock = handClock(epochMs);
  clock.wait(nowMs);
  return monotonicTime(input as TimeInput, clock);
}

test.for<[string, unknown, number]>([
  ["milliseconds since 1970", epochMs + 250.5, 250.5],
  ["a moment before the process began, such as that of a queued message", epochMs - 60_000, -60_000],
  ["a moment years before the process began", Date.UTC(2001, 0, 1), Date.UTC(2001, 0, 1) - epochMs],
  ["a reading of performance.now()", 1_234.5, 1_234.5],
  ["a reading of performance.now() that is still to come", 90_000_000, 90_000_000],
  ["a Date", new Date(epochMs + 7), 7],
  ["seconds and nanoseconds", [1_700_000_001, 500_000], 1_000.5],
  ["nothing", undefined, nowMs],
  ["null", null, nowMs],
  ["a Date that is none", new Date(Number.NaN), nowMs],
  ["not a number", Number.NaN, nowMs],
  ["infinity", Number.POSITIVE_INFINITY, nowMs],
  ["text", "yesterday", nowMs],
  ["an empty array", [], nowMs],
  ["an array of texts", ["1", "2"], nowMs],
  ["an object", {}, nowMs],
])("a time given as %s means a moment, and what means none is now (R-I2)", ([, input, expected]) => {
  expect(read(input)).toBeCloseTo(expected, 3);
});
