import { expect, test } from "vitest";
import { BucketSearch } from "./bucket-search.ts";
import { HistogramCell } from "./histogram-cell.ts";

const attributes = { "http.route": "/x" };

function cellOf(...values: number[]): HistogramCell {
  const cell = new HistogramCell(attributes, new BucketSearch([1, 2]));
  for (const value of values) cell.record(value);
  return cell;
}

test("a series holds count, sum, lowest, highest and a count a bucket (R-M1)", () => {
  expect(cellOf(0.5, 1, 1.5, 7).collect(undefined)).toEqual({
    attributes,
    count: 4,
    sum: 10,
    min: 0.5,
    max: 7,
    counts: [2, 1, 1],
  });
});

test("a series nobody recorded into has no point (R-M1)", () => {
  expect(cellOf().collect(undefined)).toBeUndefined();
  expect(cellOf().collect(0)).toBeUndefined();
});

test("a negative or missing duration counts as 0, so that one odd clock cannot spoil the sum (R-M1)", () => {
  expect(cellOf(-1, Number.NaN, 3).collect(undefined)).toEqual({
    attributes,
    count: 3,
    sum: 3,
    min: 0,
    max: 3,
    counts: [2, 0, 1],
  });
});

test("deltas count what came since the one before, with the lowest and highest of that time only (R-M4)", () => {
  const cell = cellOf(0.5, 9);
  expect(cell.collect(0)).toEqual({ attributes, count: 2, sum: 9.5, min: 0.5, max: 9, counts: [1, 0, 1] });
  expect(cell.collect(0)).toBeUndefined();
  cell.record(1.5);
  expect(cell.collect(0)).toEqual({ attributes, count: 1, sum: 1.5, min: 1.5, max: 1.5, counts: [0, 1, 0] });
});

test("collecting deltas takes nothing from the cumulative numbers (R-M4)", () => {
  const cell = cellOf(0.5, 9);
  cell.collect(0);
  cell.record(1.5);
  cell.collect(0);
  expect(cell.collect(undefined)).toEqual({ attributes, count: 3, sum: 11, min: 0.5, max: 9, counts: [1, 1, 1] });
  expect(cell.count).toBe(3);
});
