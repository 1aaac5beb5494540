import { expect, test } from "vitest";
import { axisPlot } from "./axis-plot.ts";

const at = (
  amount: number,
  value: number,
): { amount: number; measured: { value: number; low: number; high: number } } => ({
  amount,
  measured: { value, low: value - 1, high: value + 1 },
});
const circles = (svg: string): number[] =>
  [...svg.matchAll(/<circle cx="[\d.]+" cy="([\d.]+)"/g)].map(([, y]) => Number(y));

test("what costs more is drawn higher, and nothing above the top of its panel (R-D4)", () => {
  const svg = axisPlot([{ title: "routes", places: [at(1, 5), at(100, 10), at(5000, 20)] }], "cost", "a run");
  const [low, middle, high] = circles(svg);
  expect(low).toBeGreaterThan(middle!);
  expect(middle).toBeGreaterThan(high!);
  expect(high).toBeGreaterThanOrEqual(40);
  expect(svg).toContain(">5,000</text>");
});

test("a cost below nothing stays within its panel (R-D4)", () => {
  const svg = axisPlot([{ title: "a < b & c", places: [at(0, -4), at(1, 2)] }], "cost", "a run");
  for (const y of circles(svg)) {
    expect(y).toBeGreaterThanOrEqual(40);
    expect(y).toBeLessThanOrEqual(166);
  }
  expect(svg).toContain("a &lt; b &amp; c");
});

test("every panel has a scale of its own (R-D4)", () => {
  const svg = axisPlot(
    [
      { title: "one", places: [at(0, 1), at(1, 1)] },
      { title: "other", places: [at(0, 1000), at(1, 1000)] },
    ],
    "cost",
    "a run",
  );
  const [one, , other] = circles(svg);
  // Half of its scale is 2; of 1,001 nearly all.
  expect(one).toBeGreaterThan(other!);
});
