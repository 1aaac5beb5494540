import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketIndex } from "./exponential-buckets.ts";
import { ExponentialCell } from "./exponential-cell.ts";

function cellOf(...values: number[]): ExponentialCell {
  const cell = new ExponentialCell({});
  for (const value of values) cell.record(value);
  return cell;
}

function total({ counts }: { readonly counts: readonly number[] }): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

test("a value lies in the bucket whose upper bound is not below it, also exactly on powers of two, at every scale (R-L7)", () => {
  for (const scale of [-10, -3, -1, 0, 1, 4, 20]) {
    for (const power of [-1022, -300, -1, 0, 1, 7, 1023]) {
      expect(bucketIndex(2 ** power, scale)).toBe(Math.ceil(power * 2 ** scale) - 1);
    }
  }
  expect([1.0001, 1.5, 2, 2.0001, 4].map((value) => bucketIndex(value, 0))).toEqual([0, 0, 0, 1, 1]);
  expect([1.1, 1.42, 1.99].map((value) => bucketIndex(value, 1))).toEqual([0, 1, 1]);
  expect(bucketIndex(5e-324, 0)).toBe(bucketIndex(2 ** -1022, 0));
});

test("no side has more than 160 buckets, and every value is in one of them, whatever comes (R-L7, R-L5)", () => {
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.constant(0),
  );
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 200 }), (values) => {
      const point = cellOf(...values).collect(undefined)!;
      expect(point.count).toBe(values.length);
      // `===`, for which the two zeros are one.
      expect(point.min === Math.min(...values)).toBe(true);
      expect(point.max === Math.max(...values)).toBe(true);
      for (const [side, sign] of [
        [point.positive, 1],
        [point.negative, -1],
      ] as const) {
        expect(side.counts.length).toBeLessThanOrEqual(160);
        const own = values.filter((one) => one * sign > 0).map(Math.abs);
        expect(total(side)).toBe(own.length);
        for (const one of own) expect(side.counts[bucketIndex(one, point.scale) - side.offset]).toBeGreaterThan(0);
      }
      expect(point.zeros).toBe(values.filter((one) => one === 0).length);
    }),
  );
});

test("deltas of several readers count each value once, though the buckets grew coarser meanwhile (R-L7, R-M4)", () => {
  const step = fc.oneof(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), fc.constantFrom("0", "1"));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const cell = cellOf();
      const since: number[][] = [[], []];
      const take = (slot: number): void => {
        const point = cell.collect(slot);
        const values = since[slot]!.splice(0);
        expect(point?.count ?? 0).toBe(values.length);
        if (point === undefined) return;
        expect(total(point.positive)).toBe(values.length);
        expect([point.min, point.max]).toEqual([Math.min(...values), Math.max(...values)]);
        for (const value of values)
          expect(point.positive.counts[bucketIndex(value, point.scale) - point.positive.offset]).toBeGreaterThan(0);
      };
      for (const taken of steps) {
        if (typeof taken === "string") take(Number(taken));
        else {
          cell.record(taken);
          for (const values of since) values.push(taken);
        }
      }
      for (const slot of [0, 1]) take(slot);
    }),
  );
});
