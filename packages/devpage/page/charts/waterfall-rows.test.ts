import { describe, expect, it } from "vitest";
import type { SpanView } from "../../src/protocol.ts";
import { ticks, waterfall } from "./waterfall-rows.ts";

function span(spanId: string, parentSpanId: string | undefined, startMs: number, durationMs: number): SpanView {
  return {
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    startMs,
    durationMs,
    name: spanId,
  } as SpanView;
}

const trace = [
  span("root", undefined, 100, 100),
  span("a", "root", 110, 40),
  span("a1", "a", 120, 10),
  span("b", "root", 140, 40),
];

describe("the waterfall", () => {
  it("places spans along the trace, and shows as own time what no child covers, overlaps counted once (R-D3)", () => {
    const { rows, durationMs } = waterfall(trace, new Set());
    expect(durationMs).toBe(100);
    expect(rows.map(({ from, to }) => [from, to])).toEqual([
      [0, 1],
      [0.1, 0.5],
      [0.2, 0.3],
      [0.4, 0.8],
    ]);
    expect(rows[0]?.own).toEqual([
      [0, 0.1],
      [0.8, 1],
    ]);
    expect(rows[2]?.own).toEqual([[0.2, 0.3]]);
  });

  it("hides all that is below a span that is closed (R-D3)", () => {
    expect(waterfall(trace, new Set(["a"])).rows.map(({ span: { spanId } }) => spanId)).toEqual(["root", "a", "b"]);
    expect(waterfall(trace, new Set(["root"])).rows).toHaveLength(1);
  });

  it("has room for a child that outlives its parent, and for a trace without a length (R-D3)", () => {
    const { rows, durationMs } = waterfall([span("root", undefined, 0, 10), span("late", "root", 5, 20)], new Set());
    expect(durationMs).toBe(25);
    expect(rows[0]?.own).toEqual([[0, 0.2]]);
    expect(waterfall([span("root", undefined, 5, 0)], new Set()).rows[0]).toMatchObject({ from: 0, to: 0, own: [] });
  });

  it("is ruled at two to six round moments (R-D3)", () => {
    for (const durationMs of [0.003, 0.7, 1, 9.9, 98, 4_321, 90_000]) {
      const found = ticks(durationMs);
      expect(found.length).toBeGreaterThanOrEqual(2);
      expect(found.length).toBeLessThanOrEqual(6);
      expect(found.at(-1)).toBeLessThanOrEqual(durationMs);
    }
    expect(ticks(98)).toEqual([0, 20, 40, 60, 80]);
  });
});
