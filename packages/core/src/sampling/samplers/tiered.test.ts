import fc from "fast-check";
import { expect, test } from "vitest";
import { alwaysOn } from "./always.ts";
import { parentBased } from "./parent-based.ts";
import { ratio } from "./ratio.ts";
import { facts } from "../testing/facts.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { movableFacts, redraw, weightOf } from "../testing/traffic.ts";
import { shareOf } from "../threshold/threshold.ts";
import { tiered } from "./tiered.ts";

const greatest = { randomHigh: 0xff_ffff, randomLow: -1 };

test("children have their ratio given a kept root, deep ones given kept children (R-S8)", () => {
  const sampler = tiered({ root: 0.5, child: 0.25, deep: 0.5, minDepth: 3 });
  const root = sampler.decide(facts(greatest));
  expect(root).toMatchObject({ sampled: true, reason: "tiered", ratio: 0.5 });
  const shares = [1, 2, 3, 4].map((depth) => shareOf(sampler.decideChild(root, greatest, depth).threshold ?? ""));
  expect(shares).toEqual([0.125, 0.125, 0.0625, 0.0625]);
});

test("its defaults are those of the presets (R-S8)", () => {
  const sampler = tiered();
  const root = sampler.decide(facts(greatest));
  expect(root.ratio).toBe(0.1);
  expect(shareOf(sampler.decideChild(root, greatest, 4).threshold ?? "")).toBeCloseTo(0.001, 6);
  expect(shareOf(sampler.decideChild(root, greatest, 5).threshold ?? "")).toBeCloseTo(0.000_001, 9);
});

test("a span is never kept without those above it, and one tier is kept as a whole (R-S8)", () => {
  const tier = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(tier, tier, tier, fc.nat(2 ** 24 - 1), fc.nat(), (rootRatio, child, deep, randomHigh, randomLow) => {
      const sampler = tiered({ root: rootRatio, child, deep, minDepth: 3 });
      const r = { randomHigh, randomLow };
      const root = sampler.decide(facts(r));
      if (!root.sampled) return;
      const [one, two, three, four] = [1, 2, 3, 4].map((depth) => sampler.decideChild(root, r, depth).sampled);
      expect(two).toBe(one);
      expect(four).toBe(three);
      if (three === true) expect(two).toBe(true);
    }),
  );
});

test("each tier's count is recovered from its own thresholds (R-S8)", () => {
  const sampler = tiered({ root: 0.2, child: 0.3, deep: 0.5, minDepth: 2 });
  const random = seededRandom(5);
  const request = movableFacts();
  const counts = [0, 0, 0];
  const traces = 200_000;
  for (let i = 0; i < traces; i++) {
    redraw(request, random);
    const root = sampler.decide(request);
    if (!root.sampled) continue;
    counts[0]! += weightOf(root);
    for (const depth of [1, 2]) {
      const below = sampler.decideChild(root, request, depth);
      if (below.sampled) counts[depth]! += weightOf(below);
    }
  }
  for (const count of counts) expect(Math.abs(count / traces - 1)).toBeLessThan(0.04);
});

test("below a root that no threshold chose, none is told (R-S8)", () => {
  const sampler = tiered({ root: () => true, child: 1 });
  const root = sampler.decide(facts(greatest));
  expect(root.threshold).toBeUndefined();
  expect(sampler.decideChild(root, greatest, 1)).toEqual({ sampled: true, reason: "tiered" });
});

test("asked span by span, as an SDK does, it answers the same (R-S8)", () => {
  fc.assert(
    fc.property(fc.nat(2 ** 24 - 1), fc.nat(), (randomHigh, randomLow) => {
      const sampler = tiered({ root: 0.5, child: 0.5, deep: 0.5, minDepth: 3 });
      const r = { randomHigh, randomLow };
      const root = sampler.decide(facts(r));
      let parent = { sampled: root.sampled, remote: false, threshold: root.threshold };
      for (let depth = 1; depth <= 5; depth++) {
        const decision = sampler.decide(facts({ ...r, parent, depth }));
        const expected = parent.sampled && sampler.decideChild(root, r, depth).sampled;
        expect(decision.sampled).toBe(expected);
        if (decision.sampled) expect(decision.threshold).toBe(sampler.decideChild(root, r, depth).threshold);
        parent = { sampled: decision.sampled, remote: false, threshold: decision.threshold };
      }
    }),
  );
});

test("a caller in another process is no parent of a tier: its trace begins a new depth here (R-S8)", () => {
  const sampler = tiered({ root: ratio(1), child: 0 });
  expect(sampler.decide(facts({ ...greatest, parent: { sampled: true, remote: true }, depth: 0 })).sampled).toBe(true);
});

test("in parentBased() children follow their parent: only the root's tier is asked (R-S8)", () => {
  const sampler = parentBased({ root: tiered({ root: 1, child: 0 }) });
  const parent = { sampled: true, remote: false, threshold: "0" };
  expect(sampler.decide(facts()).sampled).toBe(true);
  expect(sampler.decide(facts({ parent, depth: 1 }))).toMatchObject({ sampled: true, reason: "parent" });
});

test("a tier of nothing keeps nothing, whatever its parent claims (R-S8)", () => {
  const sampler = tiered({ root: alwaysOn(), child: 0, deep: 1, minDepth: 2 });
  expect(sampler.decideChild(alwaysOn().decide(facts()), greatest, 1).sampled).toBe(false);
  const claimed = { sampled: true, remote: false, threshold: "8" };
  expect(sampler.decide(facts({ ...greatest, parent: claimed, depth: 2 })).sampled).toBe(false);
});

test.each<[object, string]>([
  [{ child: 2 }, 'Option "tiered.child" must be a number from 0 to 1, got 2.'],
  [{ minDepth: 1 }, 'Option "tiered.minDepth" must be a number of at least 2, got 1.'],
  [
    { root: -1 },
    'Option "tiered.root" must be a number from 0 to 1, or a function, or an object with decide(), got -1.',
  ],
])("%j is an error (R-C3)", (wrong, message) => {
  expect(() => tiered(wrong)).toThrow(message);
});
