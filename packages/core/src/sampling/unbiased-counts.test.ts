import { describe, expect, test } from "vitest";
import { RouteTable } from "../model/route.ts";
import type { CheckedRule } from "../model/sampling/sampling-rule.ts";
import { Tally } from "../tally/tally.ts";
import { adaptive } from "./samplers/adaptive.ts";
import { createDecide } from "./decide.ts";
import { DecisionCounts } from "./decision-counts.ts";
import { KeepPolicy } from "./keep/keep.ts";
import { parentBased } from "./samplers/parent-based.ts";
import { priority } from "./samplers/priority.ts";
import { rateLimit } from "./samplers/rate-limit.ts";
import { ratio } from "./samplers/ratio.ts";
import { rollout } from "./samplers/rollout.ts";
import { ruleSet, serviceKeep } from "./testing/rule-set.ts";
import { seededRandom } from "./testing/seeded-random.ts";
import { movableFacts, redraw, weightOf } from "./testing/traffic.ts";

const requests = 1_000_000;
const routes = new RouteTable();

/** By route: how often it is asked for of a hundred, and whether thresholds decide on it. */
const traffic = [
  { route: routes.get("/feed"), share: 40, estimated: true },
  { route: routes.get("/users/:id"), share: 20, estimated: true },
  { route: routes.get("/search"), share: 15, estimated: true },
  { route: routes.get("/orders"), share: 10, estimated: true },
  { route: routes.get("/rare"), share: 1, estimated: true },
  { route: routes.get("/own", { ratio: 0.02 }), share: 4, estimated: true },
  { route: routes.get("/limited"), share: 5, estimated: false },
  { route: routes.get("/beta"), share: 5, estimated: false },
] as const;

const rules: CheckedRule[] = [
  { match: "GET /users/:id", ratio: 0.1, maxPerSecond: 2 },
  { match: "/search", sampler: adaptive({ targetPerSecond: 3, minRatio: 0.0001, adjustEveryMs: 10_000 }) },
  { match: "/orders", sampler: priority({ from: { header: "x-priority" }, ratios: { high: 0.05 }, otherwise: 0.005 }) },
  { match: "/rare", ratio: 0.01, minPerMinute: 3 },
  { match: "/limited", sampler: rateLimit({ perSecond: 1 }) },
  { match: "/beta", sampler: rollout({ ratio: 0.5, key: { header: "x-user" }, sampler: ratio(0.02) }) },
  { match: "/feed", maxPerSecond: 5 },
];

interface Estimate {
  truth: number;
  estimated: number;
  /** Of the estimate, from the weights alone. */
  variance: number;
}

function run(seed: number): { byRoute: Map<string, Estimate>; sampled: number; kept: number } {
  const random = seededRandom(seed);
  const keep = new KeepPolicy({ ...serviceKeep, maxPerSecond: 100 }, new Tally());
  const decide = createDecide({
    traces: true,
    sampler: parentBased({ root: ratio(0.01) }),
    rules: ruleSet(...rules),
    traceProbes: false,
    keep,
    now: () => request.startMs,
    counts: new DecisionCounts(),
    faults: new Tally(),
  });
  const headers: Record<string, string> = {};
  const request = movableFacts({ headers });
  const table = traffic.flatMap((entry) => new Array<(typeof traffic)[number]>(entry.share).fill(entry));
  const byRoute = new Map<string, Estimate>(
    traffic.map(({ route }) => [route.template, { truth: 0, estimated: 0, variance: 0 }]),
  );
  let sampled = 0;
  let kept = 0;
  for (let i = 0; i < requests; i++) {
    // Traffic comes in waves, from a few to thousands a second.
    request.startMs += random() * (i % 100_000 < 20_000 ? 0.2 : 2);
    redraw(request, random);
    const { route, estimated } = table[Math.floor(random() * table.length)]!;
    request.route = route;
    headers["x-priority"] = random() < 0.1 ? "high" : "low";
    headers["x-user"] = `user-${i % 1_000}`;
    const decision = decide(request);
    const account = byRoute.get(route.template)!;
    if (estimated) account.truth++;
    let weight = 0;
    if (decision.sampled) {
      sampled++;
      weight = weightOf(decision);
    } else if (random() < 0.01) {
      const end = { statusCode: 500, failed: true, completed: true, durationMs: 1 };
      const decisionToKeep = keep.keep({ ...end, randomLow: request.randomLow }, route, request.startMs);
      if (decisionToKeep !== undefined) {
        kept++;
        weight = weightOf(decisionToKeep);
      }
    }
    account.estimated += weight;
    account.variance += weight * weight - weight;
  }
  return { byRoute, sampled, kept };
}

describe("a million requests under mixed rules and caps, from thresholds alone", () => {
  const { byRoute, sampled, kept } = run(42);

  test("the count is recovered within three standard errors, at about 1 % (R-S1, R-S4)", () => {
    const all = [...byRoute.values()];
    const total = (of: keyof Estimate): number => all.reduce((sum, estimate) => sum + estimate[of], 0);
    expect(sampled / requests).toBeGreaterThan(0.005);
    expect(sampled / requests).toBeLessThan(0.02);
    expect(Math.abs(total("estimated") - total("truth"))).toBeLessThan(3 * Math.sqrt(total("variance")));
    expect(Math.sqrt(total("variance")) / total("truth")).toBeLessThan(0.02);
  });

  test.each(traffic.filter(({ estimated }) => estimated).map(({ route }) => route.template))(
    "so is that of %s (R-S4)",
    (template) => {
      const { truth, estimated, variance } = byRoute.get(template)!;
      expect(estimated).toBeGreaterThan(0);
      expect(Math.abs(estimated - truth)).toBeLessThan(3 * Math.sqrt(variance));
    },
  );

  test.each(traffic.filter(({ estimated }) => !estimated).map(({ route }) => route.template))(
    "%s, which no threshold decides on, adds nothing (R-S9, R-S13)",
    (template) => {
      expect(byRoute.get(template)?.estimated).toBe(0);
    },
  );

  test("what was kept adds nothing (R-S10)", () => {
    expect(kept).toBeGreaterThan(1_000);
  });
});
