import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adaptive } from "./adaptive.ts";
import { facts } from "../testing/facts.ts";
import { simulate, type SimulatedSecond, sum } from "../testing/traffic.ts";

const windowSeconds = 20;
const options = { targetPerSecond: 50, minRatio: 0.001, maxRatio: 1, adjustEveryMs: windowSeconds * 1_000 };

/** The greatest and smallest share of the target in any window. */
function spread(seconds: readonly SimulatedSecond[]): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (let end = windowSeconds; end <= seconds.length; end++) {
    const share = sum(seconds.slice(end - windowSeconds, end), "sampled") / (options.targetPerSecond * windowSeconds);
    low = Math.min(low, share);
    high = Math.max(high, share);
  }
  return { low, high };
}

/** What R adds by chance: three standard errors of a thousand. */
const chance = 0.1;

describe("holds its target within 20 % in every window", () => {
  const steady = Array.from({ length: 120 }, () => 2_000);
  const bursty = Array.from({ length: 120 }, (_, second) => (second % 10 < 2 ? 10_000 : 200));
  const ramping = Array.from({ length: 120 }, (_, second) => Math.round(100 * 1.045 ** second));

  test.each([
    ["steady", steady],
    ["bursty", bursty],
    ["ramping", ramping],
    ["falling", ramping.toReversed()],
  ])("%s traffic (R-S6)", (_, rates) => {
    const { low, high } = spread(simulate(adaptive(options), rates));
    expect(low).toBeGreaterThan(0.8 - chance);
    expect(high).toBeLessThan(1.2 + chance);
  });

  test("after silence it has saved up a fifth of a window and no more (R-S6)", () => {
    const rates = [...Array.from({ length: 100 }, () => 0), ...Array.from({ length: 60 }, () => 5_000)];
    const seconds = simulate(adaptive(options), rates);
    const { high } = spread(seconds);
    expect(sum(seconds.slice(0, 100), "sampled")).toBe(0);
    expect(high).toBeLessThan(1.2 + chance);
    expect(spread(seconds.slice(100)).low).toBeGreaterThan(0.8 - chance);
  });
});

test("its defaults are those of the presets (R-S6)", () => {
  expect(adaptive().description).toBe("Adaptive{1000/s,0.01..1}");
  // A fifth of a minute's target is saved up, of which the upper half goes without lowering anything.
  const seconds = simulate(adaptive(), [6_000, 6_000]);
  expect(seconds[0]?.sampled).toBe(6_000);
  expect(seconds[1]?.sampled).toBeLessThan(6_000);
});

test("samples all there is when that is less than the target (R-S6)", () => {
  const seconds = simulate(
    adaptive(options),
    Array.from({ length: 60 }, () => 20),
  );
  expect(sum(seconds, "sampled")).toBe(60 * 20);
});

test("never goes below minRatio or above maxRatio (R-S6)", () => {
  const flooded = simulate(
    adaptive({ ...options, minRatio: 0.1, targetPerSecond: 1 }),
    Array.from({ length: 40 }, () => 5_000),
  );
  expect(sum(flooded.slice(20), "sampled") / sum(flooded.slice(20), "requests")).toBeCloseTo(0.1, 2);
  const quiet = simulate(
    adaptive({ ...options, maxRatio: 0.5 }),
    Array.from({ length: 60 }, () => 90),
  );
  expect(sum(quiet, "sampled") / sum(quiet, "requests")).toBeCloseTo(0.5, 1);
});

test("counts estimated from its thresholds stay unbiased while it moves (R-S6)", () => {
  const rates = Array.from({ length: 200 }, (_, second) => 200 + Math.round(1_500 * Math.abs(Math.sin(second / 9))));
  const seconds = simulate(adaptive(options), rates, 7);
  const truth = sum(seconds, "requests");
  expect(Math.abs(sum(seconds, "estimated") / truth - 1)).toBeLessThan(0.03);
});

test("the same R under a lower ratio is never sampled where a higher one left it out: one threshold moves (R-S6)", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(2 ** 24 - 1), fc.nat(2 ** 31 - 1)), { minLength: 1, maxLength: 200 }),
      (draws) => {
        const sampler = adaptive({ targetPerSecond: 5, minRatio: 0, adjustEveryMs: 1_000 });
        for (const [randomHigh, randomLow] of draws) {
          const share = sampler.chance?.(facts()) ?? 1;
          const { sampled, threshold } = sampler.decide(facts({ randomHigh, randomLow }));
          // A rung lies within an eighth of an octave below the share.
          if (sampled) expect(randomHigh / 2 ** 24).toBeGreaterThanOrEqual(1 - share - 1e-6);
          expect(threshold === undefined).toBe(!sampled);
        }
      },
    ),
  );
});

test("asking for its chance spends nothing (R-S16)", () => {
  const sampler = adaptive({ targetPerSecond: 10, adjustEveryMs: 1_000 });
  for (let i = 0; i < 100; i++) expect(sampler.chance?.(facts())).toBe(1);
  expect(sampler.decide(facts()).threshold).toBe("0");
});

test.each<[object, string]>([
  [{ targetPerSecond: -1 }, 'Option "adaptive.targetPerSecond" must be a number of at least 0, got -1.'],
  [{ minRatio: 0.5, maxRatio: 0.1 }, 'Option "adaptive.minRatio" must be at most "adaptive.maxRatio" (0.1), got 0.5.'],
  [{ maxRatio: "1" }, `Option "adaptive.maxRatio" must be a number from 0 to 1, got '1'.`],
  [{ adjustEveryMs: Number.NaN }, 'Option "adaptive.adjustEveryMs" must be a number of at least 1, got NaN.'],
])("%j is an error (R-C3)", (wrong, message) => {
  expect(() => adaptive(wrong)).toThrow(message);
});
