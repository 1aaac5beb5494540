import fc from "fast-check";
import { expect, test } from "vitest";
import { ratio } from "./ratio.ts";
import { facts } from "../testing/facts.ts";

const shares = fc.double({ min: 0, max: 1, noNaN: true });
const randoms = fc.record({ randomHigh: fc.integer({ min: 0, max: 0xff_ffff }), randomLow: fc.integer() });

test("the same R gets the same answer (R-S1)", () => {
  fc.assert(
    fc.property(shares, randoms, (share, random) => {
      expect(ratio(share).decide(facts(random)).sampled).toBe(ratio(share).decide(facts(random)).sampled);
    }),
  );
});

test("a trace that a smaller ratio samples, a greater one samples too (R-S1)", () => {
  fc.assert(
    fc.property(shares, shares, randoms, (a, b, random) => {
      const smaller = ratio(Math.min(a, b)).decide(facts(random));
      const greater = ratio(Math.max(a, b)).decide(facts(random));
      expect(greater.sampled || !smaller.sampled).toBe(true);
    }),
  );
});

test("a ratio of 0.01 samples one in a hundred of evenly spread values of R (R-S1)", () => {
  const sampler = ratio(0.01);
  let sampled = 0;
  for (let i = 0; i < 10_000; i++) {
    if (sampler.decide(facts({ randomHigh: Math.floor((i * 2 ** 24) / 10_000) })).sampled) sampled++;
  }
  expect(sampled).toBe(100);
});

test("ratio 1 samples everything and says th:0, ratio 0 nothing (R-S1)", () => {
  expect(ratio(1).decide(facts({ randomHigh: 0, randomLow: 0 }))).toEqual({
    sampled: true,
    reason: "ratio",
    ratio: 1,
    threshold: "0",
  });
  expect(ratio(0).decide(facts({ randomHigh: 0xff_ffff, randomLow: -1 }))).toEqual({
    sampled: false,
    reason: "ratio",
    ratio: 0,
  });
});

test("deciding makes no new decision objects (R-S1)", () => {
  const sampler = ratio(0.5);
  expect(sampler.decide(facts({ randomHigh: 0xff_0000 }))).toBe(sampler.decide(facts({ randomHigh: 0xee_0000 })));
  expect(sampler.decide(facts({ randomHigh: 1 }))).toBe(sampler.decide(facts({ randomHigh: 2 })));
  expect(Object.isFrozen(sampler.decide(facts()))).toBe(true);
});
