import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Batcher } from "./batcher.ts";

const batcher = new Batcher({ maxItems: 100, maxBytes: 1_000, delayMs: 500 });

describe("Batcher", () => {
  it("lets a batch leave at once when it is full in items or in bytes (R-P1)", () => {
    expect(batcher.leavesAtMs({ items: 100, bytes: 10, oldestMs: 40 }, 50)).toBe(50);
    expect(batcher.leavesAtMs({ items: 1, bytes: 1_000, oldestMs: 40 }, 50)).toBe(50);
  });

  it("lets a batch that is not full leave when its oldest item has waited for the delay (R-P1)", () => {
    expect(batcher.leavesAtMs({ items: 99, bytes: 999, oldestMs: 40 }, 50)).toBe(540);
  });

  it("has nothing to send while nothing waits (R-P1)", () => {
    expect(batcher.leavesAtMs({ items: 0, bytes: 0, oldestMs: undefined }, 50)).toBe(Infinity);
  });

  it("never keeps an item longer than the delay, and never a full batch (R-P1)", () => {
    const waiting = fc.record({ items: fc.nat(300), bytes: fc.nat(3_000), oldestMs: fc.nat(10_000) });
    fc.assert(
      fc.property(waiting, fc.nat(20_000), (some, nowMs) => {
        const atMs = batcher.leavesAtMs(some, nowMs);
        expect(atMs).toBeLessThanOrEqual(some.oldestMs + 500);
        expect(atMs <= nowMs).toBe(batcher.isFull(some) || nowMs >= some.oldestMs + 500);
      }),
    );
  });
});
