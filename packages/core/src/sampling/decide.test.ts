import { expect, test } from "vitest";
import { RouteTable } from "../model/route.ts";
import type { Sampler } from "../model/sampling/sampler.ts";
import { Tally } from "../tally/tally.ts";
import { alwaysOff, alwaysOn } from "./samplers/always.ts";
import { createDecide, type Decide, type DecideSettings } from "./decide.ts";
import { DecisionCounts } from "./decision-counts.ts";
import { KeepPolicy } from "./keep/keep.ts";
import { parentBased } from "./samplers/parent-based.ts";
import { ratio } from "./samplers/ratio.ts";
import { toSampler } from "./samplers/to-sampler.ts";
import { facts } from "./testing/facts.ts";
import { TokenBucket } from "./threshold/token-bucket.ts";

const routes = new RouteTable();
const kubeProbe = { "user-agent": "kube-probe/1.34" };

function decider(change: Partial<DecideSettings> = {}): { decide: Decide; counts: DecisionCounts; faults: Tally } {
  const counts = new DecisionCounts();
  const faults = new Tally();
  const decide = createDecide({
    traces: true,
    sampler: alwaysOn(),
    traceProbes: false,
    now: () => 0,
    counts,
    faults,
    ...change,
  });
  return { decide, counts, faults };
}

function keepPolicy(maxPerSecond = 100): KeepPolicy {
  return new KeepPolicy({ errors: 1, aborted: 1, slowerThanMs: 1_000, slow: 1, maxPerSecond }, new Tally());
}

const sampledParent = { sampled: true, remote: true };
const silent = routes.get("/silent", { trace: false });
const half = routes.get("/half", { ratio: 0.5 });

const order: [string, Partial<DecideSettings>, Parameters<typeof facts>[0], { sampled: boolean; reason: string }][] = [
  [
    "traces off win over a parent",
    { traces: false },
    { parent: sampledParent },
    { sampled: false, reason: "disabled" },
  ],
  [
    "a parent wins over the route's own options",
    {},
    { parent: sampledParent, route: silent },
    { sampled: true, reason: "parent" },
  ],
  [
    "an unsampled parent wins over the default",
    {},
    { parent: { sampled: false, remote: true } },
    { sampled: false, reason: "parent" },
  ],
  [
    "a branch of the user's decides under its parent",
    { sampler: parentBased({ root: alwaysOn(), remoteSampled: alwaysOff() }) },
    { parent: sampledParent },
    { sampled: false, reason: "always-off" },
  ],
  ["trace: false wins over the default", {}, { route: silent }, { sampled: false, reason: "route-options" }],
  [
    "the route's ratio wins over the default",
    { sampler: alwaysOff() },
    { route: half, randomHigh: 0x80_0000 },
    { sampled: true, reason: "route-options" },
  ],
  [
    "the route's ratio can say no",
    {},
    { route: half, randomHigh: 0x7f_0000 },
    { sampled: false, reason: "route-options" },
  ],
  [
    "a route without options leaves it to the default",
    {},
    { route: routes.get("/plain") },
    { sampled: true, reason: "always-on" },
  ],
  ["a root without route is the default's", { sampler: ratio(0.01) }, {}, { sampled: false, reason: "ratio" }],
  ["a probe is not traced", {}, { headers: kubeProbe }, { sampled: false, reason: "probe" }],
  [
    "a probe is traced when asked",
    { traceProbes: true },
    { headers: kubeProbe },
    { sampled: true, reason: "always-on" },
  ],
  [
    "a route's own ratio wins over the probe rule",
    {},
    { headers: kubeProbe, route: half },
    { sampled: true, reason: "route-options" },
  ],
  [
    "a sampled parent wins over the probe rule",
    {},
    { headers: kubeProbe, parent: sampledParent },
    { sampled: true, reason: "parent" },
  ],
  [
    "a hint keeps what the default leaves out",
    { sampler: alwaysOff(), keep: keepPolicy() },
    { attributes: { error: true } },
    { sampled: true, reason: "hint" },
  ],
  [
    "a hint keeps under an unsampled parent",
    { keep: keepPolicy() },
    { attributes: { expected_duration_ms: 2e3 }, parent: { sampled: false, remote: true } },
    { sampled: true, reason: "hint" },
  ],
  [
    "a hint does not win over trace: false",
    { keep: keepPolicy() },
    { attributes: { error: true }, route: silent },
    { sampled: false, reason: "route-options" },
  ],
];

test.each(order)("%s (R-S2)", (_, settings, init, expected) => {
  expect(decider(settings).decide(facts(init))).toMatchObject(expected);
});

test("an unsampled request reads no header and no clock (R-S12)", () => {
  const request = facts();
  const now = (): number => expect.unreachable("The clock was read.");
  decider({ sampler: ratio(0.01), keep: keepPolicy(), valve: new TokenBucket(1), now }).decide(request);
  expect(request.headerReads).toBe(0);
});

test("a threshold is told for a ratio, and for none that a valve or limit stands behind (R-S1)", () => {
  const sampler = ratio(0.5);
  expect(decider({ sampler }).decide(facts()).threshold).toBe("8");
  for (const limited of [{ valve: new TokenBucket(9) }, { spanLimit: new TokenBucket(9) }]) {
    const { decide } = decider({ sampler, ...limited });
    expect(decide(facts())).toEqual({ sampled: true, reason: "ratio", ratio: 0.5, threshold: undefined });
    expect(decide(facts())).toBe(decide(facts()));
  }
});

test("the valve lets 100 traces a second through and counts the rest (R-S19)", () => {
  let nowMs = 0;
  const { decide, counts } = decider({ valve: new TokenBucket(100), now: () => nowMs });
  for (let i = 0; i < 1_000; i++) decide(facts());
  expect(counts.snapshot()).toEqual({ "always-on:sampled": 100, "valve:unsampled": 900 });
  nowMs = 1_000;
  expect(decide(facts()).sampled).toBe(true);
});

test("the limit of spans holds for sampled parents too (R-S19)", () => {
  const { decide } = decider({ spanLimit: new TokenBucket(1) });
  expect(decide(facts({ parent: sampledParent })).sampled).toBe(true);
  expect(decide(facts({ parent: sampledParent }))).toEqual({ sampled: false, reason: "span-limit" });
});

test("hints are bounded like every keep (R-S19)", () => {
  const { decide } = decider({ sampler: alwaysOff(), keep: keepPolicy(3) });
  const sampled = Array.from({ length: 10 }, () => decide(facts({ attributes: { error: true } })).sampled);
  expect(sampled.filter(Boolean)).toHaveLength(3);
});

test("a decision made before routing says so only where the route could have changed it (R-S16)", () => {
  expect(decider({ routeMatters: () => true }).decide(facts({ routePending: true }))).toMatchObject({
    sampled: true,
    reason: "before-route",
    threshold: "0",
  });
  expect(decider({ routeMatters: () => true }).decide(facts({ routePending: false })).reason).toBe("always-on");
  expect(
    decider({ routeMatters: () => true }).decide(facts({ routePending: true, parent: sampledParent })).reason,
  ).toBe("parent");
  expect(decider().decide(facts({ routePending: true })).reason).toBe("always-on");
  const byRoute: Sampler = { description: "ByRoute", usesRoute: true, decide: (request) => alwaysOn().decide(request) };
  expect(decider({ sampler: byRoute }).decide(facts({ routePending: true })).reason).toBe("before-route");
});

test.each([
  [
    "throws",
    () => {
      throw new Error("no");
    },
  ],
  ["answers with nothing", () => undefined as never],
  ["answers with a promise", () => Promise.resolve(true) as never],
  ["answers with a number", () => 1 as never],
])("a sampler that %s is counted and samples nothing (R-S1)", (_, sampler) => {
  const { decide, faults, counts } = decider({ sampler: toSampler(sampler) });
  expect(decide(facts())).toEqual({ sampled: false, reason: "sampler-failed" });
  expect(faults.snapshot()).toEqual({ sampler: 1 });
  expect(counts.snapshot()).toEqual({ "sampler-failed:unsampled": 1 });
});

test("a function is a sampler (R-S1)", () => {
  const { decide } = decider({ sampler: toSampler((request) => request.method === "GET") });
  expect(decide(facts())).toEqual({ sampled: true, reason: "custom" });
  expect(decide(facts({ method: "POST" }))).toEqual({ sampled: false, reason: "custom" });
});

test.each([Number.NaN, -1, 2, "0.5" as never])(
  "a route's ratio of %o is counted, and the default decides (R-S2)",
  (share) => {
    const { decide, faults } = decider();
    expect(decide(facts({ route: routes.get("/broken", { ratio: share }) })).reason).toBe("always-on");
    expect(faults.snapshot()).toEqual({ "route-options": 1 });
  },
);

test("a sampler that makes up a rule a request does not grow the counters without bound (R-S16)", () => {
  let made = 0;
  const { decide, counts } = decider({
    sampler: toSampler(() => ({ sampled: false, reason: "custom", rule: `rule-${made++}` })),
  });
  for (let i = 0; i < 2_000; i++) decide(facts());
  const snapshot = counts.snapshot();
  expect(Object.keys(snapshot).length).toBeLessThanOrEqual(201);
  expect(Object.values(snapshot).reduce((sum, count) => sum + count, 0)).toBe(2_000);
});

const throwingReason = {
  sampled: true,
  get reason(): string {
    throw new Error("no");
  },
};

test.each([
  ["a reason that throws", throwingReason],
  ["no reason", { sampled: true }],
  ["a symbol for a reason", { sampled: true, reason: Symbol("s") }],
  ["a ratio that is no number", { sampled: true, reason: "mine", ratio: {} }],
  ["a threshold that is no text", { sampled: true, reason: "mine", threshold: 7 }],
  ["a rule that is no text", { sampled: true, reason: "mine", rule: Symbol("s") }],
])("a sampler that answers yes with %s is taken at its yes, and counted (A15)", (_what, answer) => {
  const sampler: Sampler = { description: "odd", decide: () => answer as never };
  const { decide, faults } = decider({ sampler });
  expect(decide(facts())).toEqual({ sampled: true, reason: "sampler" });
  expect(faults.snapshot()).toEqual({ sampler: 1 });
});

test.each([undefined, null, Symbol("s"), 7, "yes", {}, { sampled: "yes" }, Promise.resolve({ sampled: true })])(
  "a sampler that answers %o samples nothing, and is counted (A15)",
  (answer) => {
    const { decide, faults } = decider({ sampler: { description: "odd", decide: () => answer as never } });
    expect(decide(facts()).sampled).toBe(false);
    expect(faults.snapshot()).toEqual({ sampler: 1 });
  },
);
