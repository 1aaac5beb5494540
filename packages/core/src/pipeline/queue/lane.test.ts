import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Chunk, ChunkPriority } from "./chunk.ts";
import type { QueuedChunk } from "./chunk-queue.ts";
import { Lane } from "./lane.ts";

function chunk(payload: number, items: number, priority: ChunkPriority = "healthy", bytes = items * 10): Chunk<number> {
  return { payload, items, bytes, priority };
}

function createLane(maxItems: number, maxBytes = 1_000_000): { lane: Lane<number>; dropped: () => number } {
  let dropped = 0;
  const lane = new Lane<number>({ maxItems, maxBytes, onDrop: (drop) => (dropped += drop.items) });
  return { lane, dropped: () => dropped };
}

const payloads = (chunks: readonly Chunk<number>[]): number[] => chunks.map((taken) => taken.payload);

describe("Lane", () => {
  it("drops the oldest healthy chunk first, and a failed one only when no healthy one is left (R-P3)", () => {
    const { lane, dropped } = createLane(4);
    lane.add(chunk(1, 1, "failed"));
    lane.add(chunk(2, 1));
    lane.add(chunk(3, 1));
    lane.add(chunk(4, 1, "failed"));
    lane.add(chunk(5, 2, "failed"));
    lane.add(chunk(6, 1, "failed"));
    expect(payloads(lane.take(100, 1000))).toEqual([4, 5, 6]);
    expect(dropped()).toBe(3);
  });

  it("does not give up a failed chunk for a healthy one that comes later (R-P3)", () => {
    const { lane } = createLane(2);
    lane.add(chunk(1, 2, "failed"));
    lane.add(chunk(2, 1));
    expect(payloads(lane.take(100, 1000))).toEqual([1]);
  });

  it("drops a chunk that could never fit without touching the others (R-P3)", () => {
    const { lane, dropped } = createLane(5, 1_000);
    lane.add(chunk(1, 5));
    lane.add(chunk(2, 6));
    lane.add(chunk(3, 1, "failed", 1_001));
    expect(dropped()).toBe(7);
    expect(lane.items).toBe(5);
  });

  it("hands out at least one chunk, even one larger than a batch (R-P1)", () => {
    const { lane } = createLane(10);
    lane.add(chunk(1, 5));
    lane.add(chunk(2, 1));
    expect(payloads(lane.take(3, 1000))).toEqual([1]);
    expect(payloads(lane.take(3, 1000))).toEqual([2]);
    expect(lane.take(3, 1000)).toEqual([]);
  });

  it("gives chunks that come back their old place, also when they come back in another order (R-P6)", () => {
    const { lane } = createLane(10);
    for (let i = 1; i <= 6; i++) lane.add(chunk(i, 1, i % 2 === 0 ? "failed" : "healthy"));
    const first = lane.take(2, 1000);
    const second = lane.take(2, 1000);
    lane.putBack(second);
    lane.putBack(first);
    expect(payloads(lane.take(100, 1000))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("knows how long its oldest item has waited, across both priorities (R-P1)", () => {
    const { lane } = createLane(10);
    expect(lane.oldestMs).toBeUndefined();
    lane.add(chunk(1, 1, "failed"), 70);
    lane.add(chunk(2, 1), 50);
    expect(lane.oldestMs).toBe(50);
    lane.take(100, 1000);
    expect(lane.oldestMs).toBeUndefined();
  });

  it("never holds more than its bounds, loses nothing uncounted and keeps the order, whatever happens to it (R-P1)", () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant("add" as const),
        items: fc.integer({ min: 0, max: 12 }),
        bytes: fc.integer({ min: 0, max: 120 }),
        failed: fc.boolean(),
      }),
      fc.record({ kind: fc.constant("take" as const), maxItems: fc.integer({ min: 1, max: 15 }) }),
      fc.record({ kind: fc.constant("put-back" as const), which: fc.nat(5) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const { lane, dropped } = createLane(20, 150);
        let accepted = 0;
        let gone = 0;
        const away: QueuedChunk<number>[][] = [];
        for (const [i, next] of steps.entries()) {
          if (next.kind === "add") {
            accepted += next.items;
            lane.add(chunk(i, next.items, next.failed ? "failed" : "healthy", next.bytes));
          } else if (next.kind === "take") {
            const taken = lane.take(next.maxItems, 100);
            const orders = taken.map((one) => one.order);
            expect(orders).toEqual([...orders].sort((a, b) => a - b));
            expect(orders.every((order) => order < lane.oldestOrder)).toBe(true);
            if (taken.length > 1)
              expect(taken.reduce((sum, one) => sum + one.items, 0)).toBeLessThanOrEqual(next.maxItems);
            away.push(taken);
            gone += taken.reduce((sum, one) => sum + one.items, 0);
          } else {
            const [back = []] = away.splice(next.which, 1);
            gone -= back.reduce((sum, one) => sum + one.items, 0);
            lane.putBack(back);
          }
          expect(lane.items).toBeLessThanOrEqual(20);
          expect(lane.bytes).toBeLessThanOrEqual(150);
          expect(lane.items + gone + dropped()).toBe(accepted);
        }
        lane.clear("shutdown");
        expect([lane.items, lane.bytes]).toEqual([0, 0]);
        expect(gone + dropped()).toBe(accepted);
      }),
    );
  });

  it("keeps the failed chunks as long as they alone fit, however many healthy ones come (R-P3)", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 100 }), (failures) => {
        const { lane } = createLane(10);
        const failed: number[] = [];
        for (const [i, isFailed] of failures.entries()) {
          if (isFailed) failed.push(i);
          lane.add(chunk(i, 1, isFailed ? "failed" : "healthy"));
        }
        const left = lane.take(100, 1000).filter((one) => one.priority === "failed");
        expect(payloads(left)).toEqual(failed.slice(-10));
      }),
    );
  });
});
