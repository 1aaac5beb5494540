import { expect, test } from "vitest";
import { sizeQueue } from "./size-queue.ts";

test("a queue is sized by rate, delay and safety, from 100 to 50,000 (R-P10)", () => {
  expect(sizeQueue({ spansPerSecond: 1_000, delayMs: 5_000 })).toBe(7_500);
  expect(sizeQueue({ spansPerSecond: 1_000, delayMs: 5_000, safety: 1 })).toBe(5_000);
  expect(sizeQueue({ spansPerSecond: 1, delayMs: 1 })).toBe(100);
  expect(sizeQueue({ spansPerSecond: 1e6, delayMs: 60_000 })).toBe(50_000);
  expect(() => sizeQueue({ spansPerSecond: Number.NaN, delayMs: 1 })).toThrow(
    'Option "sizeQueue.spansPerSecond" must be a number of at least 0, got NaN.',
  );
  expect(() => sizeQueue({ spansPerSecond: 1, delayMs: -1 })).toThrow(
    '"sizeQueue.delayMs" must be a number of at least 0, got -1.',
  );
});
