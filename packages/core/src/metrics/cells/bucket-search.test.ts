import fc from "fast-check";
import { expect, test } from "vitest";
import { BucketSearch, durationBoundaries } from "./bucket-search.ts";

function firstNotBelow(boundaries: readonly number[], value: number): number {
  const bucket = boundaries.findIndex((boundary) => value <= boundary);
  return bucket === -1 ? boundaries.length : bucket;
}

test("a duration is counted in the first bucket whose upper bound is not below it, also exactly on a bound (R-M1)", () => {
  const search = new BucketSearch(durationBoundaries);
  for (const [bucket, boundary] of durationBoundaries.entries()) {
    expect(search.find(boundary)).toBe(bucket);
    expect(search.find(boundary + 1e-9)).toBe(bucket + 1);
  }
  expect(search.find(0)).toBe(0);
  expect(search.find(Infinity)).toBe(durationBoundaries.length);
});

test("any set of boundaries, also none and one, finds the same bucket as looking through them all (R-M1)", () => {
  const rising = fc
    .uniqueArray(
      fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value + 0),
      { maxLength: 40 },
    )
    .map((values) => values.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(rising, fc.double({ noNaN: true }), (boundaries, value) => {
      const search = new BucketSearch(boundaries);
      for (const seen of [value, ...boundaries]) expect(search.find(seen)).toBe(firstNotBelow(boundaries, seen));
    }),
  );
});

test("boundaries at even distances are found as well as those that double, and values below zero too (R-M1)", () => {
  for (const distance of [1e-9, 0.1, 1, 1e9]) {
    const boundaries = Array.from({ length: 1000 }, (_, i) => (i - 10) * distance);
    const search = new BucketSearch(boundaries);
    for (const [i, boundary] of boundaries.entries()) {
      expect(search.find(boundary)).toBe(i);
      expect(search.find(boundary + distance / 2)).toBe(i + 1);
    }
    expect(search.find(-Infinity)).toBe(0);
    expect(search.find(-0)).toBe(10);
    expect(search.find(Number.MIN_VALUE)).toBe(11);
  }
});
