import { describe, expect, it } from "vitest";
import { DynamicBatch, type DynamicBatchSettings } from "./dynamic-batch.ts";
import { simulateDay } from "../testing/simulated-day.ts";

const settings: DynamicBatchSettings = {
  minItems: 128,
  maxItems: 4_096,
  minDelayMs: 1_000,
  maxDelayMs: 10_000,
  targetUse: 0.7,
};

/** Looks once a second at a steady rate. */
function atRate(batch: DynamicBatch, rate: number, seconds: number, from = { nowMs: 0, accepted: 0 }, use = 0.1): void {
  for (let i = 0; i < seconds; i++) {
    batch.look({ accepted: from.accepted, use }, from.nowMs);
    from.nowMs += 1_000;
    from.accepted += rate;
  }
}

describe("DynamicBatch", () => {
  it("begins with few and slow, and stays there while there is little traffic (R-P2)", () => {
    const batch = new DynamicBatch(settings);
    atRate(batch, 5, 60);
    expect([batch.maxItems, batch.delayMs]).toEqual([128, 10_000]);
  });

  it.each([20, 100, 500, 2_000])(
    "holds batches at the target when their time comes, at %d spans a second (R-P2)",
    (rate) => {
      const batch = new DynamicBatch(settings);
      atRate(batch, rate, 120);
      const fullness = (rate * batch.delayMs) / 1_000 / batch.maxItems;
      expect(fullness).toBeCloseTo(0.7, 1);
    },
  );

  it("goes to many and fast where there is more traffic than that, and never past its bounds (R-P2)", () => {
    const batch = new DynamicBatch(settings);
    atRate(batch, 50_000, 60);
    expect([batch.maxItems, Math.round(batch.delayMs)]).toEqual([4_096, 1_000]);
  });

  it("empties a queue that is fuller than the target, whatever the rate (R-P2)", () => {
    const batch = new DynamicBatch(settings);
    atRate(batch, 5, 20, { nowMs: 0, accepted: 0 }, 0.8);
    expect(batch.maxItems).toBe(4_096);
  });

  it("comes down slower than it goes up, so that a pause between two bursts costs nothing (R-P2)", () => {
    const batch = new DynamicBatch(settings);
    const state = { nowMs: 0, accepted: 0 };
    atRate(batch, 2_000, 60, state);
    const before = batch.maxItems;
    atRate(batch, 0, 3, state);
    expect(batch.maxItems).toBeGreaterThan(before / 2);
    atRate(batch, 0, 60, state);
    expect(batch.maxItems).toBe(128);
  });

  it("follows a day of traffic: batches stay near the target, nothing is dropped, and far fewer leave than by a fixed small size (R-P2)", () => {
    const day = simulateDay(settings);
    expect(day.dropped).toBe(0);
    expect(day.meanUse).toBeGreaterThan(0.55);
    expect(day.meanUse).toBeLessThan(0.85);
    expect(day.batches).toBeLessThan(day.fixedSmallBatches / 4);
    expect(day.longestWaitMs).toBeLessThanOrEqual(settings.maxDelayMs + 1_000);
  });
});
