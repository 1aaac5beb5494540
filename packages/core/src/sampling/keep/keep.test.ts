import fc from "fast-check";
import { expect, test } from "vitest";
import { type Route, RouteTable } from "../../model/route.ts";
import { Tally } from "../../tally/tally.ts";
import { type KeepFacts, KeepPolicy, type KeepSettings } from "./keep.ts";
import { facts } from "../testing/facts.ts";
import { TokenBucket } from "../threshold/token-bucket.ts";

const settings: KeepSettings = { errors: 1, aborted: 1, slowerThanMs: 1_000, slow: 1, maxPerSecond: 100 };
const healthy: KeepFacts = {
  statusCode: 200,
  failed: false,
  completed: true,
  durationMs: 5,
  randomLow: 0,
};

function policy(change: Partial<KeepSettings> = {}): { keep: KeepPolicy; drops: Tally } {
  const drops = new Tally();
  return { keep: new KeepPolicy({ ...settings, ...change }, drops), drops };
}

const ends: [string, Partial<KeepFacts>, string | undefined][] = [
  ["a 200", {}, undefined],
  ["a 404", { statusCode: 404 }, undefined],
  ["a 500", { statusCode: 500 }, "error"],
  ["a 503 that was aborted and slow", { statusCode: 503, completed: false, durationMs: 9_000 }, "error"],
  ["an error that was thrown after the response began", { failed: true }, "error"],
  ["an error that was thrown before anything was sent", { failed: true, statusCode: undefined }, "error"],
  ["an error that was answered with a 404 on purpose", { failed: true, statusCode: 404 }, undefined],
  ["a client that went before the answer", { statusCode: undefined, completed: false }, "aborted"],
  ["a client that went in the middle of the body", { completed: false }, "aborted"],
  ["just below slow", { durationMs: 999.9 }, undefined],
  ["slow", { durationMs: 1_000 }, "slow"],
];

test.each(ends)("%s is kept for the right reason or not at all (R-S10, R-S11)", (_, change, reason) => {
  const { keep, drops } = policy();
  expect(keep.keep({ ...healthy, ...change }, undefined, 0)?.reason).toBe(reason);
  expect(drops.total).toBe(0);
});

test("a route says for itself what is slow, in both directions (R-S11)", () => {
  const { keep } = policy();
  const quick = new RouteTable().get("/quick", { slowerThanMs: 50 });
  const patient = new RouteTable().get("/patient", { slowerThanMs: 5_000 });
  expect(keep.keep({ ...healthy, durationMs: 49.9 }, quick, 0)).toBeUndefined();
  expect(keep.keep({ ...healthy, durationMs: 50 }, quick, 0)?.reason).toBe("slow");
  expect(keep.keep({ ...healthy, durationMs: 4_999 }, patient, 0)).toBeUndefined();
  expect(keep.keep({ ...healthy, durationMs: 5_000 }, patient, 0)?.reason).toBe("slow");
});

test("each cause can be turned off by its ratio, and the next that applies counts (R-S10, R-S11)", () => {
  const all = { ...healthy, statusCode: 500, completed: false, durationMs: 2_000 };
  expect(policy({ errors: 0 }).keep.keep(all, undefined, 0)?.reason).toBe("aborted");
  expect(policy({ errors: 0, aborted: 0 }).keep.keep(all, undefined, 0)?.reason).toBe("slow");
  expect(policy({ errors: 0, aborted: 0, slow: 0 }).keep.keep(all, undefined, 0)).toBeUndefined();
});

test("a ratio keeps that share of the errors, whatever sampling made of the upper bits of R (R-S19)", () => {
  const { keep } = policy({ errors: 0.25, maxPerSecond: 1e9 });
  let kept = 0;
  for (let i = 0; i < 1_000; i++) {
    const randomLow = Math.floor((i * 2 ** 32) / 1_000) | 0;
    const decision = keep.keep({ ...healthy, statusCode: 500, randomLow }, undefined, 0);
    if (decision !== undefined) kept++;
  }
  expect(kept).toBe(250);
});

test("what is kept says its ratio and no threshold (R-S1)", () => {
  const decision = policy({ errors: 0.5 }).keep.keep({ ...healthy, statusCode: 500 }, undefined, 0);
  expect(decision).toEqual({ sampled: true, reason: "error", ratio: 0.5 });
});

test("in an outage 100 a second are kept, and what exceeds is counted by reason (R-S19)", () => {
  const { keep, drops } = policy();
  const route = new RouteTable().get("/orders");
  let kept = 0;
  for (let i = 0; i < 5_000; i++) if (keep.keep({ ...healthy, statusCode: 500 }, route, 0) !== undefined) kept++;
  expect(kept).toBe(100);
  expect(keep.keep({ ...healthy, durationMs: 2_000 }, route, 0)).toBeUndefined();
  expect(drops.snapshot()).toEqual({ error: 4_900, slow: 1 });
});

test("a rare route still has one keep a second while another uses up the bound (R-S19)", () => {
  const { keep } = policy({ maxPerSecond: 10 });
  const routes = new RouteTable();
  const [busy, rare] = [routes.get("/busy"), routes.get("/rare")];
  const error = { ...healthy, statusCode: 500 };
  for (let i = 0; i < 50; i++) keep.keep(error, busy, 0);
  expect(keep.keep(error, rare, 0)).toBeDefined();
  expect(keep.keep(error, rare, 1)).toBeUndefined();
  expect(keep.keep(error, undefined, 1)).toBeDefined();
  expect(keep.keep(error, undefined, 1)).toBeUndefined();
});

test("routes beyond the table count as one with what nothing matched (R-S19)", () => {
  const { keep } = policy({ maxPerSecond: 1 });
  const full = new RouteTable(0);
  const error = { ...healthy, statusCode: 500 };
  keep.keep(error, new RouteTable().get("/busy"), 0);
  expect(keep.keep(error, full.get("/a"), 0)).toBeDefined();
  expect(keep.keep(error, full.get("/b"), 0)).toBeUndefined();
  expect(keep.keep(error, undefined, 0)).toBeUndefined();
});

test("over any time the keeps are bounded by the rate and one a route a second (R-S19)", () => {
  const table = new RouteTable();
  const routes: (Route | undefined)[] = [undefined, ...Array.from({ length: 5 }, (_, i) => table.get(`/${i}`))];
  const steps = fc.array(fc.record({ afterMs: fc.integer({ min: 0, max: 400 }), route: fc.nat(5) }), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), steps, (maxPerSecond, requests) => {
      const { keep, drops } = policy({ maxPerSecond });
      let now = 0;
      let kept = 0;
      for (const { afterMs, route } of requests) {
        now += afterMs;
        if (keep.keep({ ...healthy, statusCode: 500 }, routes[route], now) !== undefined) kept++;
      }
      const seconds = now / 1_000;
      expect(kept).toBeLessThanOrEqual(maxPerSecond * (seconds + 1) + routes.length * (Math.floor(seconds) + 1));
      expect(kept + drops.total).toBe(requests.length);
    }),
  );
});

test("a route with trace: false is never kept, and nothing is remembered for it (R-S10)", () => {
  const { keep, drops } = policy();
  const silent = new RouteTable().get("/internal", { trace: false });
  expect(keep.keep({ ...healthy, statusCode: 500 }, silent, 0)).toBeUndefined();
  expect(keep.keepAtStart(silent, 0)).toBeUndefined();
  expect(keep.couldKeep(silent)).toBe(false);
  expect(keep.couldKeep(undefined)).toBe(true);
  expect(drops.total).toBe(0);
});

test("nothing could be kept when every cause is off or the bound is 0 (R-S12)", () => {
  expect(policy({ errors: 0, aborted: 0, slow: 0 }).keep.couldKeep(undefined)).toBe(false);
  const none = policy({ maxPerSecond: 0 });
  expect(none.keep.couldKeep(undefined)).toBe(false);
  expect(none.keep.keep({ ...healthy, statusCode: 500 }, undefined, 0)).toBeUndefined();
});

test("the limit over all spans holds for keeps too (R-S19)", () => {
  const { keep, drops } = policy({ spanLimit: new TokenBucket(2) });
  const error = { ...healthy, statusCode: 500 };
  expect([1, 2, 3].map(() => keep.keep(error, undefined, 0) !== undefined)).toEqual([true, true, false]);
  expect(drops.snapshot()).toEqual({ "span-limit": 1 });
});

test.each([
  [{ expected_duration_ms: 1_000 }, true],
  [{ expected_duration_ms: 999 }, false],
  [{ expected_duration_ms: "5000" }, false],
  [{ error: true }, true],
  [{ error: "true" }, false],
  [{}, false],
])("the hint %o at the start announces a keep: %o (R-S11)", (attributes, announced) => {
  expect(policy().keep.isAnnounced(facts({ attributes }))).toBe(announced);
});
