import fc from "fast-check";
import { expect, test } from "vitest";
import { rateLimit } from "./rate-limit.ts";
import { facts } from "../testing/facts.ts";

test("never gives more than rate × time + burst, whatever comes when (R-S9)", () => {
  fc.assert(
    fc.property(
      fc.record({
        perSecond: fc.double({ min: 0, max: 100, noNaN: true }),
        burst: fc.double({ min: 0, max: 50, noNaN: true }),
        gaps: fc.array(fc.double({ min: -50, max: 2_000, noNaN: true }), { maxLength: 300 }),
      }),
      ({ perSecond, burst, gaps }) => {
        const sampler = rateLimit({ perSecond, burst });
        const given: number[] = [];
        let latest = 0;
        let startMs = 0;
        for (const gap of gaps) {
          startMs += gap;
          latest = Math.max(latest, startMs);
          if (sampler.decide(facts({ startMs })).sampled) given.push(latest);
        }
        given.forEach((from, first) => {
          const last = given.length - 1;
          const count = last - first + 1;
          const elapsed = (given[last]! - from) / 1_000;
          expect(count).toBeLessThanOrEqual(perSecond * elapsed + burst + 1e-6);
        });
      },
    ),
  );
});

test("lets one second's worth through at once, and carries no threshold (R-S9)", () => {
  const sampler = rateLimit({ perSecond: 3 });
  const decisions = Array.from({ length: 5 }, () => sampler.decide(facts({ startMs: 10 })));
  expect(decisions.map(({ sampled }) => sampled)).toEqual([true, true, true, false, false]);
  expect(decisions[0]).toEqual({ sampled: true, reason: "rate-limit" });
  expect(sampler.chance?.(facts({ startMs: 10 }))).toBe(0);
  expect(sampler.chance?.(facts({ startMs: 1_010 }))).toBe(1);
});

test("a rate that is none is an error (R-C3)", () => {
  expect(() => rateLimit({ perSecond: Number.NaN })).toThrow(
    '"rateLimit.perSecond" must be a number of at least 0, got NaN.',
  );
  expect(() => rateLimit({ perSecond: 1, burst: -1 })).toThrow(
    '"rateLimit.burst" must be a number of at least 0, got -1.',
  );
});
