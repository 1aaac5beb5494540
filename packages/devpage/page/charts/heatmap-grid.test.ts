import { expect, it } from "vitest";
import type { Heatmap } from "../../src/protocol.ts";
import { cellOf, exemplarsOf, gridOf, spotOf } from "./heatmap-grid.ts";

const stepMs = 5_000;
const exemplar = { row: 1, traceId: "4bf9", durationMs: 7 };
const map: Heatmap = {
  boundsMs: [5, 10],
  stepMs,
  columns: [{ at: 1_000_000, counts: [0, 2, 0], exemplars: [exemplar] }],
};

it("a cell that is held has the same requests as time goes on, until they are ten minutes old (R-D3)", () => {
  const first = gridOf(map, 1_000_000);
  const spot = spotOf(first, { column: first.columns.length - 1, row: 1 });
  expect(exemplarsOf(first, { column: first.columns.length - 1, row: 1 })).toEqual([exemplar]);
  const later = gridOf(map, 1_000_000 + 20 * stepMs);
  const cell = cellOf(later, spot);
  expect(cell).toEqual({ column: later.columns.length - 21, row: 1 });
  expect(exemplarsOf(later, cell ?? { column: 0, row: 0 })).toEqual([exemplar]);
  expect(cellOf(gridOf(map, 1_000_000 + 600_000), spot)).toBeUndefined();
});

it("as much time is shown as has requests: two minutes, five, then ten (R-D3)", () => {
  const shownAfter = (seconds: number): readonly number[] => {
    const { minutes, columns } = gridOf(map, 1_000_000 + seconds * 1_000);
    return [minutes, columns.length];
  };
  expect([10, 115, 120, 299, 300, 595].map(shownAfter)).toEqual([
    [2, 24],
    [2, 24],
    [5, 60],
    [5, 60],
    [10, 120],
    [10, 120],
  ]);
  expect(gridOf({ ...map, columns: [] }, 0).minutes).toBe(2);
});
