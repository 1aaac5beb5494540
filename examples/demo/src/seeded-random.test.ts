import { describe, expect, it } from "vitest";
import { seededRandom, zipfLike } from "./seeded-random.ts";

describe("seededRandom", () => {
  it("gives the same numbers for the same seed and others for another", () => {
    const take = (seed: number): number[] => Array.from({ length: 5 }, seededRandom(seed));
    expect(take(1)).toEqual(take(1));
    expect(take(1)).not.toEqual(take(2));
    expect(take(1).every((value) => value >= 0 && value < 1)).toBe(true);
  });
});

describe("zipfLike", () => {
  it("stays within its range and prefers small numbers", () => {
    const random = seededRandom(1);
    const taken = Array.from({ length: 2_000 }, () => zipfLike(random, 200));
    expect(Math.min(...taken)).toBe(1);
    expect(Math.max(...taken)).toBeLessThanOrEqual(200);
    expect(taken.filter((value) => value <= 20).length).toBeGreaterThan(1_000);
  });
});
