import { describe, expect, test } from "vitest";
import { RouteTable } from "../model/route.ts";
import type { CheckedRule } from "../model/sampling/sampling-rule.ts";
import { Tally } from "../tally/tally.ts";
import { adaptive } from "./samplers/adaptive.ts";
import { alwaysOff, alwaysOn } from "./samplers/always.ts";
import { createDecide, type Decide, type DecideSettings } from "./decide.ts";
import { DecisionCounts } from "./decision-counts.ts";
import { DryRun } from "./dry-run.ts";
import { KeepPolicy } from "./keep/keep.ts";
import { ratio } from "./samplers/ratio.ts";
import { facts, type FactsInit } from "./testing/facts.ts";
import { ruleSet, serviceKeep } from "./testing/rule-set.ts";
import { TokenBucket } from "./threshold/token-bucket.ts";

const routes = new RouteTable();
const plain = routes.get("/a");

function decider(
  rules: CheckedRule[],
  change: Partial<DecideSettings> = {},
): { decide: Decide; counts: DecisionCounts; faults: Tally } {
  const counts = new DecisionCounts();
  const faults = new Tally();
  const decide = createDecide({
    traces: true,
    sampler: alwaysOff(),
    rules: ruleSet(...rules),
    traceProbes: false,
    now: () => 0,
    counts,
    faults,
    ...change,
  });
  return { decide, counts, faults };
}

describe("who decides", () => {
  const all: CheckedRule = { name: "all", ratio: 1 };
  const loud: CheckedRule = { name: "loud", ratio: 1, ignoreParent: true };
  const quiet: CheckedRule = { name: "quiet", ratio: 0, ignoreParent: true };
  const no = { sampled: false, remote: true };

  test.each<
    [string, CheckedRule[], FactsInit, { sampled: boolean; reason: string; rule?: string }, Partial<DecideSettings>?]
  >([
    [
      "tracing off before a rule that ignores all",
      [loud],
      {},
      { sampled: false, reason: "disabled" },
      { traces: false },
    ],
    [
      "a rule that ignores the parent before it",
      [loud],
      { parent: no },
      { sampled: true, reason: "rule", rule: "loud" },
    ],
    [
      "also for no",
      [quiet],
      { parent: { sampled: true, remote: true } },
      { sampled: false, reason: "rule", rule: "quiet" },
    ],
    ["the parent before a rule", [all], { parent: no }, { sampled: false, reason: "parent" }],
    [
      "the parent, when the rule that ignores it is not the first that matches",
      [{ match: "GET *", ratio: 1 }, loud],
      { parent: no },
      { sampled: false, reason: "parent" },
    ],
    [
      "the route's own options before a rule",
      [all],
      { route: routes.get("/own", { trace: false }) },
      { sampled: false, reason: "route-options" },
    ],
    [
      "a rule that ignores the parent before the route's own options",
      [loud],
      { route: routes.get("/own", { trace: false }) },
      { sampled: true, reason: "rule", rule: "loud" },
    ],
    ["the first rule before the default", [all], { route: plain }, { sampled: true, reason: "rule", rule: "all" }],
    [
      "the default where no rule is",
      [{ match: "/b", ratio: 1 }],
      { route: plain },
      { sampled: false, reason: "always-off" },
    ],
    [
      "the default, in a rule's name, where the rule leaves it",
      [{ name: "keeps", keep: { errors: 0 } }],
      { route: plain },
      { sampled: true, reason: "always-on", rule: "keeps" },
      { sampler: alwaysOn() },
    ],
  ])("%s (R-S2, R-S4)", (_, rules, init, expected, change = {}) => {
    expect(decider(rules, change).decide(facts(init))).toMatchObject(expected);
  });
});

describe("before the route is known", () => {
  const rules: CheckedRule[] = [
    { name: "mine", match: "/a", ratio: 1 },
    { name: "gets", match: "GET *", ratio: 0 },
  ];

  test("rules for routes are stepped over, the decision says so and is counted (R-S4, R-S16)", () => {
    const { decide, counts } = decider(rules);
    expect(decide(facts({ routePending: true }))).toMatchObject({
      sampled: false,
      reason: "before-route",
      rule: "gets",
    });
    expect(decide(facts({ route: plain }))).toMatchObject({ sampled: true, rule: "mine" });
    expect(counts.snapshot()).toEqual({ "before-route:unsampled": 1, "mine:sampled": 1 });
  });
});

describe("health checks", () => {
  const probe = { headers: { "user-agent": "kube-probe/1.34" }, route: routes.get("/health") };

  test.each<[string, CheckedRule[], string]>([
    ["a rule for everything leaves them out", [{ ratio: 1 }], "probe"],
    ["so does one for every route", [{ match: "/*", ratio: 1 }], "probe"],
    ["and one for a method", [{ match: "GET *", ratio: 1 }], "probe"],
    ["one for their route means them", [{ match: "/health", ratio: 1 }], "rule"],
    ["one for their header means them", [{ headers: { "user-agent": "kube-probe*" }, ratio: 1 }], "rule"],
  ])("%s (R-I1)", (_, rules, reason) => {
    expect(decider(rules).decide(facts(probe)).reason).toBe(reason);
  });
});

describe("bounds", () => {
  test("the valve is for the default where it was not given, and a rule keeps its threshold (R-S19)", () => {
    const settings = { sampler: alwaysOn(), valve: new TokenBucket(1), valveSparesRules: true };
    const { decide } = decider([{ match: "/a", ratio: 1 }], settings);
    for (let i = 0; i < 5; i++)
      expect(decide(facts({ route: plain }))).toMatchObject({ reason: "rule", threshold: "0" });
    expect(decide(facts({ route: routes.get("/b") })).sampled).toBe(true);
    expect(decide(facts({ route: routes.get("/b") })).reason).toBe("valve");
  });

  test("a valve that was given is for all (R-S19)", () => {
    const { decide } = decider([{ ratio: 1 }], { valve: new TokenBucket(1), valveSparesRules: false });
    expect(decide(facts()).threshold).toBeUndefined();
    expect(decide(facts()).reason).toBe("valve");
  });

  test("a sampler that throws in a rule samples nothing and is counted (R-S4)", () => {
    const sampler = (): boolean => {
      throw new Error("no");
    };
    const { decide, faults } = decider([{ sampler }]);
    expect(decide(facts())).toMatchObject({ sampled: false, reason: "sampler-failed" });
    expect(faults.snapshot()).toEqual({ sampler: 1 });
  });

  test("a function may decide in a rule, in its name (R-S4)", () => {
    const { decide } = decider([{ name: "mine", sampler: ({ method }) => method === "GET" }]);
    expect(decide(facts())).toEqual({ sampled: true, reason: "custom", rule: "mine" });
  });
});

test("a request that announces itself is kept by the terms of its rule (R-S11)", () => {
  const keep = new KeepPolicy({ ...serviceKeep, maxPerSecond: 100 }, new Tally());
  const rules: CheckedRule[] = [
    { name: "patient", match: "/a", ratio: 0, keep: { slowerThanMs: 60_000 } },
    { name: "mute", match: "/b", ratio: 0, keep: { errors: 0, slow: 0, aborted: 0 } },
  ];
  const { decide } = decider(rules, { keep });
  const announced = (template: string, attributes: Record<string, number | boolean>) =>
    decide(facts({ route: routes.get(template), attributes }));
  expect(announced("/a", { expected_duration_ms: 5_000 })).toMatchObject({ sampled: false });
  expect(announced("/a", { expected_duration_ms: 60_000 })).toEqual({ sampled: true, reason: "hint", rule: "patient" });
  expect(announced("/b", { error: true })).toMatchObject({ sampled: false });
  expect(announced("/c", { expected_duration_ms: 5_000 })).toEqual({ sampled: true, reason: "hint" });
});

describe("a dry run", () => {
  function trial(live: CheckedRule[], dry: CheckedRule[], sampler = ratio(0.5)) {
    const dryRun = new DryRun({ rules: ruleSet(...dry), sampler, traceProbes: false, faults: new Tally() });
    return { dryRun, ...decider(live, { dryRun, sampler }) };
  }

  test("counts both side by side on the same R, and changes nothing (R-S16)", () => {
    const { dryRun, decide, counts } = trial(
      [{ name: "now", match: "/a", ratio: 0.5 }],
      [{ name: "then", match: "/a", ratio: 0.25 }],
    );
    for (let i = 0; i < 100; i++) {
      expect(decide(facts({ route: plain, randomHigh: Math.floor((i / 100) * 2 ** 24) })).sampled).toBe(i >= 50);
    }
    expect(dryRun.report()).toEqual({
      live: { "now:sampled": 50, "now:unsampled": 50 },
      dryRun: { "then:sampled": 25, "then:unsampled": 75 },
      both: 25,
      onlyLive: 25,
      onlyDryRun: 0,
      neither: 50,
    });
    expect(counts.snapshot()).toEqual({ "now:sampled": 50, "now:unsampled": 50 });
  });

  test("follows parents, routes and health checks as they would be (R-S16)", () => {
    const { dryRun, decide } = trial([{ ratio: 0 }], [{ name: "then", ratio: 1 }]);
    decide(facts({ parent: { sampled: true, remote: true } }));
    decide(facts({ route: routes.get("/own", { trace: false }) }));
    decide(facts({ headers: { "user-agent": "kube-probe/1" } }));
    decide(facts());
    expect(dryRun.report().dryRun).toEqual({
      "parent:sampled": 1,
      "route-options:unsampled": 1,
      "probe:unsampled": 1,
      "then:sampled": 1,
    });
  });

  test("spends nothing of a default that both share (R-S16)", () => {
    const sampler = adaptive({ targetPerSecond: 1, adjustEveryMs: 1_000 });
    const { decide } = trial([], [{ match: "/never", ratio: 1 }], sampler);
    const alone = decider([], { sampler: adaptive({ targetPerSecond: 1, adjustEveryMs: 1_000 }) });
    for (let i = 0; i < 50; i++) expect(decide(facts({ startMs: i }))).toEqual(alone.decide(facts({ startMs: i })));
  });

  test("a default that cannot tell its chance counts as unknown, one that throws as a fault (R-S16)", () => {
    const custom = { description: "mine", decide: () => ({ sampled: true, reason: "custom" }) };
    const { dryRun, decide } = trial([{ ratio: 1 }], [{ match: "/never" }], custom);
    decide(facts());
    expect(dryRun.report()).toMatchObject({ dryRun: { "default-unknown:unsampled": 1 }, onlyLive: 1 });
  });
});
