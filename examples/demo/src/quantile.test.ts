import { describe, expect, it } from "vitest";
import { quantile, type Distribution } from "./quantile.ts";

function distribution(buckets: number[], min: number, max: number): Distribution {
  return { count: buckets.reduce((sum, count) => sum + count, 0), min, max, buckets, bounds: [1, 2, 4] };
}

const unknown = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] as const;

describe("quantile", () => {
  it("lies on a straight line between the ends of its bucket", () => {
    expect(quantile(distribution([10, 10, 0, 0], ...unknown), 0.75)).toBe(1.5);
    expect(quantile(distribution([0, 0, 4, 0], ...unknown), 0.5)).toBe(3);
  });

  it("is never outside minimum and maximum", () => {
    expect(quantile(distribution([0, 1, 0, 0], 1.4, 1.4), 0.99)).toBe(1.4);
    expect(quantile(distribution([0, 0, 0, 10], 5, 7), 0.5)).toBe(6);
  });

  it("takes the last bound when nobody said how large the largest was", () => {
    expect(quantile(distribution([0, 0, 0, 10], ...unknown), 0.5)).toBe(4);
  });

  it("is not a number when nothing was counted", () => {
    expect(quantile(distribution([0, 0, 0, 0], ...unknown), 0.5)).toBeNaN();
  });
});
