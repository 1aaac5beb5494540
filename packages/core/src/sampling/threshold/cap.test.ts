import fc from "fast-check";
import { expect, test } from "vitest";
import { Cap } from "./cap.ts";
import { ratio } from "../samplers/ratio.ts";
import { facts } from "../testing/facts.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import { movableFacts, redraw, simulate, sum } from "../testing/traffic.ts";
import { shareOf } from "./threshold.ts";

const yes = { sampled: true, reason: "custom" } as const;

function capped(share: number, perSecond: number): Parameters<typeof simulate>[0] {
  const cap = new Cap({ perSecond, burst: perSecond });
  const inner = ratio(share);
  return {
    decide(request) {
      const decision = inner.decide(request);
      return decision.sampled ? cap.lower(decision, request) : decision;
    },
  };
}

test("what it lets through is its rate on average, and the threshold tells how many that stands for (R-S4)", () => {
  const seconds = simulate(
    capped(0.5, 10),
    Array.from({ length: 300 }, () => 1_000),
    3,
  );
  const sampled = sum(seconds, "sampled");
  expect(sampled).toBeGreaterThan(300 * 10 * 0.93);
  expect(sampled).toBeLessThan(300 * 10 * 1.07 + 10);
  // The relative error of n samples of about one weight is 1 / sqrt(n).
  expect(Math.abs(sum(seconds, "estimated") / sum(seconds, "requests") - 1)).toBeLessThan(3 / Math.sqrt(sampled));
});

test("a rate of nothing lets nothing through, with a threshold or without (C19)", () => {
  const cap = new Cap({ perSecond: 0, burst: 0 });
  for (let i = 0; i < 1_000; i++) {
    const request = facts({ startMs: i * 100, randomHigh: 0xff_ffff, randomLow: 0xffff_ffff });
    expect(cap.lower(ratio(1).decide(request), request).sampled).toBe(false);
    expect(cap.lower(yes, request).sampled).toBe(false);
  }
  expect(cap.share(0)).toBe(0);
});

test("under its rate it changes nothing (R-S4)", () => {
  const cap = new Cap({ perSecond: 10, burst: 10 });
  const decision = ratio(1).decide(facts());
  for (let startMs = 0; startMs < 10_000; startMs += 200)
    expect(cap.lower(decision, facts({ startMs }))).toBe(decision);
});

test("the chances it gives never add up to more than rate × time + burst (R-S4)", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 50, noNaN: true }),
      fc.array(fc.tuple(fc.double({ min: 0, max: 500, noNaN: true }), fc.nat(30)), { maxLength: 60 }),
      (perSecond, bursts) => {
        const cap = new Cap({ perSecond, burst: perSecond });
        const decision = ratio(1).decide(facts());
        let startMs = 0;
        let chances = 0;
        for (const [gap, requests] of bursts) {
          startMs += gap;
          for (let i = 0; i < requests; i++) {
            // The greatest R there is passes every threshold, and so tells the threshold of each.
            const { threshold, sampled } = cap.lower(
              decision,
              facts({ startMs, randomHigh: 0xff_ffff, randomLow: -1 }),
            );
            if (sampled) chances += shareOf(threshold ?? "0");
          }
        }
        expect(chances).toBeLessThanOrEqual((perSecond * startMs) / 1_000 + Math.max(4, perSecond) + 1e-6);
      },
    ),
    // Thresholds have few digits: what they let through is a little more than the ratio they stand for.
    {
      examples: [
        [
          0.0113,
          [
            [0, 1],
            [500, 0],
            [500, 0],
            [0, 21],
          ],
        ],
      ],
    },
  );
});

test("a decision without a threshold is bounded by refusing it (R-S4)", () => {
  const cap = new Cap({ perSecond: 1, burst: 1 });
  const decisions = Array.from({ length: 6 }, () => cap.lower(yes, facts()));
  expect(decisions.map(({ sampled }) => sampled)).toEqual([true, true, true, true, false, false]);
  expect(decisions[5]).toEqual({ sampled: false, reason: "cap" });
  expect(decisions[5]).toBe(decisions[4]);
  expect(cap.lower(yes, facts({ startMs: 1_000 })).sampled).toBe(true);
});

test("makes no decision twice, however long it runs (R-S16)", () => {
  const cap = new Cap({ perSecond: 5, burst: 5 });
  const decision = ratio(0.5).decide(facts());
  const random = seededRandom();
  const request = movableFacts();
  const seen = new Set<unknown>();
  for (let i = 0; i < 50_000; i++) {
    request.startMs = i;
    redraw(request, random);
    seen.add(cap.lower(decision, request));
  }
  expect(seen.size).toBeLessThan(100);
});

test("time that stands still or runs back gives nothing (R-S4)", () => {
  const cap = new Cap({ perSecond: 1_000, burst: 4 });
  for (let i = 0; i < 4; i++) cap.lower(yes, facts({ startMs: 5_000 }));
  expect(cap.lower(yes, facts({ startMs: 1_000 })).sampled).toBe(false);
  expect(cap.lower(yes, facts({ startMs: 5_000 })).sampled).toBe(false);
  expect(cap.share(5_002)).toBe(1);
});
