import { describe, expect, it } from "vitest";
import { bootstrap, median, seededRandom } from "./bootstrap.ts";
import { Comparison } from "./comparison.ts";
import { judge } from "./judge.ts";
import { quantile } from "./quantile.ts";

/** Noise of a busy machine: mostly little, now and then a lot. */
function noisy(seed: number): () => number {
  const random = seededRandom(seed);
  return () => (random() < 0.1 ? 40 * random() : 2 * random());
}

function rounds(cost: number, machine: readonly number[], noise: () => number): number[][] {
  return machine.map((speed) => [cost * speed + noise(), cost * speed + noise()]);
}

const steady: readonly number[] = Array.from({ length: 10 }, () => 1);

describe("comparing rounds", () => {
  it("a machine that changes its speed between rounds does not move a ratio (R-O6)", () => {
    const machine = [1, 2, 1, 3, 1.5, 1, 2.5, 1, 1, 2];
    const noise = seededRandom(1);
    const comparison = new Comparison(
      new Map([
        ["bare", rounds(200, machine, noise)],
        ["cheap", rounds(202, machine, noise)],
        ["dear", rounds(220, machine, noise)],
      ]),
    );
    const { value, low, high } = comparison.ratio("dear", "cheap", "bare");
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
    expect(value).toBeGreaterThan(6);
    expect(value).toBeLessThan(15);
  });

  it("the interval holds the true difference in about 95 % of all runs (R-O6)", () => {
    let held = 0;
    for (let run = 0; run < 40; run++) {
      const noise = noisy(run);
      const measured = new Map([
        ["bare", rounds(200, steady, noise)],
        ["dear", rounds(210, steady, noise)],
      ]);
      const { low, high } = new Comparison(measured, run).added("dear", "bare");
      if (low <= 10 && high >= 10) held++;
    }
    expect(held).toBeGreaterThanOrEqual(36);
  });

  it("a cost within the noise is hardly ever taken for one, and one well above it always is (R-O6)", () => {
    const verdicts = { nothing: 0, planted: 0 };
    for (let run = 0; run < 40; run++) {
      const noise = noisy(1_000 + run);
      const comparison = new Comparison(
        new Map([
          ["bare", rounds(200, steady, noise)],
          ["again", rounds(200, steady, noise)],
          ["nothing", rounds(200, steady, noise)],
          ["planted", rounds(300, steady, noise)],
        ]),
      );
      const control = comparison.added("again", "bare");
      if (judge(comparison.added("nothing", "bare"), control, 10) !== "not measurable") verdicts.nothing++;
      if (judge(comparison.added("planted", "bare"), control, 10) === "more") verdicts.planted++;
    }
    expect(verdicts.nothing).toBeLessThanOrEqual(1);
    expect(verdicts.planted).toBe(40);
  });

  it("the same rounds and seed give the same interval (R-O6)", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    const statistic = (chosen: readonly number[]): number => median(chosen.map((i) => values[i]!));
    expect(bootstrap(10, statistic, 7)).toEqual(bootstrap(10, statistic, 7));
    expect(bootstrap(10, statistic).value).toBe(3.5);
  });

  it("a share is of the bare cost, or of what else is named (R-O6)", () => {
    const comparison = new Comparison(
      new Map([
        ["bare", [[100], [100]]],
        ["dear", [[110], [110]]],
        ["time", [[1000], [1000]]],
      ]),
    );
    expect(comparison.share("dear", "bare").value).toBeCloseTo(0.1);
    expect(comparison.share("dear", "bare", "time").value).toBeCloseTo(0.01);
  });

  it("what grows from one pair to another, and ratios round by round, are read in the same rounds (R-O6)", () => {
    const comparison = new Comparison(
      new Map([
        ["bare", [[100], [200]]],
        ["dear", [[110], [210]]],
        ["bare, many routes", [[100], [300]]],
        ["dear, many routes", [[115], [315]]],
      ]),
    );
    const [from, to] = [
      { name: "dear", baseline: "bare" },
      { name: "dear, many routes", baseline: "bare, many routes" },
    ];
    expect(comparison.grown(from, to).value).toBe(5);
    expect(comparison.grownByRound(from, to)).toEqual([5, 5]);
    expect(comparison.times("dear", "bare").value).toBeCloseTo((1.1 + 1.05) / 2);
    expect(comparison.addedBeyond(to, from, "dear").value).toBeCloseTo(0.5);
  });

  it("a ratio to what costs nothing is infinite, never negative (R-O6)", () => {
    const comparison = new Comparison(
      new Map([
        ["bare", [[10], [10]]],
        ["a", [[12], [12]]],
        ["b", [[9], [9]]],
      ]),
    );
    expect(comparison.ratio("a", "b", "bare").value).toBe(Number.POSITIVE_INFINITY);
    expect(() => comparison.cost("c")).toThrow('"c" was not measured in this run.');
  });
});

describe("judging a difference", () => {
  const control = { value: 0.5, low: -2, high: 1 };

  it.each([
    ["more", { value: 4, low: 2.1, high: 5 }, 10],
    ["not measurable", { value: 4, low: 1.9, high: 5 }, 10],
    ["not measurable", { value: -1, low: -3, high: 0.5 }, 10],
    ["less", { value: -4, low: -5, high: -2.1 }, 10],
    ["too few rounds", { value: 4, low: 3, high: 5 }, 5],
  ] as const)("it is %s beyond the far end of what the control shows (R-O6)", (verdict, difference, count) => {
    expect(judge(difference, control, count)).toBe(verdict);
  });
});

describe("quantiles", () => {
  it("are the nearest rank: of a hundred values the 99th is the 99th (R-O6)", () => {
    const hundred = Float64Array.from({ length: 100 }, (_, i) => i + 1);
    expect([0.5, 0.95, 0.99, 0, 1].map((q) => quantile(hundred, q))).toEqual([50, 95, 99, 1, 100]);
    expect(quantile([7], 0.99)).toBe(7);
    expect(quantile([], 0.5)).toBeNaN();
  });
});
