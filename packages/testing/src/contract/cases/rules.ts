import assert from "node:assert/strict";
import type { SamplingRule } from "@gossamer/core";
import { adaptive, parentBased, priority, rateLimit, ratio, rollout, tiered } from "@gossamer/core/samplers";
import type { ContractCase } from "../contract-case.ts";

const traceparent = (flags: string): string => `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-${flags}`;

/** Nothing is sampled or kept but what rules say. */
function only(...rules: SamplingRule[]): NonNullable<ContractCase["telemetry"]> {
  return { sampleRatio: 0, keep: { errors: false, aborted: false, slow: false }, rules };
}

/** What rules and samplers do to real requests. */
export const ruleCases: readonly ContractCase[] = [
  {
    title: "a rule sees the route the framework matched, and its reason, name and ratio are on the span (R-S4, R-S16)",
    telemetry: only({ name: "one item", match: "GET /items/:id", ratio: 1 }),
    async run({ send, settle, telemetry }) {
      for (const path of ["/items/1", "/items/2?x=1", "/items", "/status/200"]) await send(path);
      await send({ method: "PUT", path: "/items/3" });
      const { requests } = await settle(5);
      assert.deepEqual(
        requests.map(({ attributes }) => attributes["url.path"]),
        ["/items/1", "/items/2"],
      );
      const [first] = requests;
      assert.equal(first?.attributes["sampling.reason"], "rule");
      assert.equal(first?.attributes["sampling.rule"], "one item");
      assert.equal(Number(first?.attributes["sampling.ratio"]), 1);
      assert.match(first?.traceState ?? "", /ot=th:0/);
      assert.deepEqual(telemetry.status().sampling.decisions, { "one item:sampled": 2, "ratio:unsampled": 3 });
    },
  },
  {
    title: "an encoded path is matched by its route, and raw paths only where a rule says so (R-S4)",
    telemetry: only({ name: "route", match: "/items", ratio: 1 }, { name: "raw", path: "/nowhere*", ratio: 1 }),
    async run({ send, settle }) {
      for (const path of ["/%69tems", "/nowhere/7?token=1", "/elsewhere"]) await send(path);
      const { requests } = await settle(3);
      const rules = requests.map(({ attributes }) => attributes["sampling.rule"]);
      // Not every framework takes an encoded letter for the letter: then there is no route, and no rule for it.
      assert.ok(rules.includes("raw"));
      assert.equal(rules.filter((rule) => rule !== "raw" && rule !== "route").length, 0);
    },
  },
  {
    title: "a rule can match host and headers (R-S4)",
    telemetry: only(
      { name: "debug", headers: { "x-debug": "on*" }, ratio: 1 },
      { name: "partner", host: "partner.*", ratio: 1 },
    ),
    async run({ send, settle }) {
      await send({ path: "/items", headers: { "x-debug": "only-me" } });
      await send({ path: "/items", headers: { "x-debug": "off" } });
      await send({ path: "/items", headers: { host: "Partner.example:8080" } });
      const { requests } = await settle(3);
      assert.deepEqual(
        requests.map(({ attributes }) => attributes["sampling.rule"]),
        ["debug", "partner"],
      );
    },
  },
  {
    title: "work before routing waits for a rule on the route (R-S4, R-S12)",
    telemetry: only({ match: "/items/:id", ratio: 1 }),
    async run({ send, settle }) {
      await send({ path: "/items/1", headers: { "x-before": "child,log" } });
      await send({ path: "/items", headers: { "x-before": "child,log" } });
      const seen = await settle(2);
      assert.equal(seen.span("session lookup").parentSpanId, seen.request("/items/1").spanId);
      assert.equal(seen.spans.length, 2);
    },
  },
  {
    title:
      "trace flags read before routing skip rules on routes but follow the others; this is logged and counted (R-S4, R-S16)",
    telemetry: only({ name: "item", match: "/items/:id", ratio: 0 }, { name: "gets", match: "GET *", ratio: 1 }),
    async run({ send, settle, telemetry }) {
      await send({ path: "/items/1", headers: { "x-before": "flags" } });
      await send("/items/1");
      const { requests } = await settle(2);
      assert.equal(requests.length, 1);
      assert.equal(requests[0]?.attributes["sampling.reason"], "before-route");
      assert.equal(requests[0]?.attributes["sampling.rule"], "gets");
      assert.deepEqual(telemetry.status().sampling.decisions, { "before-route:sampled": 1, "item:unsampled": 1 });
    },
  },
  {
    title: "a trusted caller's decision wins over a rule, unless the rule ignores it (R-S2)",
    telemetry: only(
      { name: "always", match: "/items", ratio: 1, ignoreParent: true },
      { name: "never", match: "/items/:id", ratio: 0 },
    ),
    async run({ send, settle }) {
      await send({ path: "/items", headers: { traceparent: traceparent("00") } });
      await send({ path: "/items/1", headers: { traceparent: traceparent("01") } });
      const { requests } = await settle(2);
      assert.deepEqual(
        requests.map(({ attributes }) => attributes["sampling.reason"]),
        ["rule", "parent"],
      );
    },
  },
  {
    title: "the route's own options win over a rule (R-S2, R-S5)",
    telemetry: only({ match: "*", ratio: 1 }),
    async run({ send, settle }) {
      await send("/untraced");
      assert.equal((await settle(1)).spans.length, 0);
    },
  },
  {
    title: "a rule for a health check's own route traces it; a catch-all rule does not (R-I1)",
    telemetry: only({ match: "/items", ratio: 1 }, { match: "*", ratio: 1 }),
    async run({ send, settle }) {
      const headers = { "user-agent": "kube-probe/1.29" };
      await send({ path: "/items", headers });
      await send({ path: "/health", headers });
      const { requests, counted } = await settle(2);
      assert.deepEqual([requests.length, requests[0]?.attributes["http.route"], counted], [1, "/items", 2]);
    },
  },
  {
    title: "a rule keeps requests by its own terms, with child spans if it says so (R-S10, R-S12)",
    telemetry: {
      ...only({ name: "calls", match: "/outgoing/:status", keep: { errors: true, trace: true } }),
      sampleRatio: 0,
    },
    async run({ send, settle, upstream }) {
      await send("/outgoing/500");
      await send("/outgoing/200");
      await send("/throw/sync");
      const { spans, requests } = await settle(3);
      assert.equal(requests.length, 1);
      const [root] = requests;
      assert.equal(root?.attributes["sampling.rule"], "calls");
      assert.equal(root?.attributes["user.id"], "u-7");
      assert.ok(spans.every(({ traceId }) => traceId === root?.traceId));
      // The ids that went out while it ran are those that arrive.
      assert.ok(String(upstream.calls[0]?.["traceparent"]).startsWith(`00-${root?.traceId}-`));
    },
  },
  {
    title: "child spans of a kept request are exported with it, those of others are not (R-S12)",
    telemetry: { sampleRatio: 0, rules: [{ match: "/*", keep: { trace: true, slowerThanMs: 0 } }] },
    async run({ send, settle }) {
      await send("/nested");
      const seen = await settle(1);
      assert.equal(seen.span("outer").parentSpanId, seen.requests[0]?.spanId);
      assert.equal(seen.span("inner").parentSpanId, seen.span("outer").spanId);
      assert.equal(seen.requests[0]?.attributes["sampling.reason"], "slow");
    },
  },
  {
    title: "a rule can leave requests out of the metrics, and set name and attributes of their spans (R-S4)",
    telemetry: only(
      { match: "/items", metrics: false },
      { match: "/items/:id", ratio: 1, spanName: "an item", attributes: { team: "shop" } },
    ),
    async run({ send, settle }) {
      await send("/items");
      await send("/items/1");
      const seen = await settle(1);
      assert.equal(seen.countOf("/items/:id"), 1);
      assert.equal(seen.requests[0]?.name, "GET an item");
      assert.equal(seen.requests[0]?.attributes["team"], "shop");
    },
  },
  {
    title: "rules and ratio can change while the service runs (R-S15)",
    telemetry: only(),
    async run({ send, settle, telemetry }) {
      await send("/items");
      telemetry.sampling.update({ rules: [{ name: "new", match: "/items", ratio: 1 }] });
      await send("/items");
      telemetry.sampling.update({ rules: [], sampleRatio: 1 });
      await send("/items");
      const { requests } = await settle(3);
      assert.deepEqual(
        requests.map(({ attributes }) => attributes["sampling.rule"] ?? attributes["sampling.reason"]),
        ["new", "ratio"],
      );
    },
  },
  {
    title: "a dry run counts what other rules would have done and changes nothing (R-S16)",
    telemetry: { ...only({ match: "/items", ratio: 1 }), dryRun: [{ name: "item", match: "/items/:id", ratio: 1 }] },
    async run({ send, settle, telemetry }) {
      for (const path of ["/items", "/items/1", "/items/2"]) await send(path);
      const { requests } = await settle(3);
      assert.equal(requests.length, 1);
      assert.deepEqual(telemetry.status().sampling.dryRun, {
        live: { "/items:sampled": 1, "ratio:unsampled": 2 },
        dryRun: { "item:sampled": 2, "default:unsampled": 1 },
        both: 0,
        onlyLive: 1,
        onlyDryRun: 2,
        neither: 0,
      });
    },
  },
  {
    title: "explain says what would happen to a request (R-S16)",
    telemetry: only({ name: "items", match: "GET /items/:id", ratio: 0.5, keep: { errors: true } }),
    async run({ telemetry, settle }) {
      const {
        decidedBy,
        rule,
        ratio: share,
        keep,
      } = telemetry.explain({ method: "GET", path: "/items/7", route: "/items/:id" });
      assert.deepEqual([decidedBy, rule, share, keep?.errors], ["rule", "items", 0.5, 1]);
      assert.equal(telemetry.explain({ route: "/items" }).decidedBy, "default");
      await settle(0);
    },
  },
  ...[
    { name: "adaptive", sampler: adaptive({ targetPerSecond: 1_000 }), reason: "adaptive" },
    { name: "rateLimit", sampler: rateLimit({ perSecond: 1_000 }), reason: "rate-limit" },
    { name: "rollout", sampler: rollout({ ratio: 1, key: { header: "x-user" } }), reason: "rollout" },
    { name: "priority", sampler: priority({ from: { header: "x-user" }, ratios: { ann: 1 } }), reason: "priority" },
    { name: "tiered", sampler: tiered({ root: 1, child: 0 }), reason: "tiered" },
    {
      name: "parentBased around adaptive",
      sampler: parentBased({ root: adaptive({ minRatio: 1 }) }),
      reason: "adaptive",
    },
  ].map(({ name, sampler, reason }): ContractCase => ({
    title: `${name} decides instead of the ratio, and the span says so (R-A5)`,
    telemetry: { sampler },
    async run({ send, settle }) {
      await send({ path: "/nested", headers: { "x-user": "ann" } });
      const { requests, spans } = await settle(1);
      assert.equal(requests[0]?.attributes["sampling.reason"], reason);
      assert.equal(spans.length, name === "tiered" ? 1 : 3);
    },
  })),
  {
    title: "a rule can have its own sampler, and a rollout can restrict telemetry (R-A5, R-S13)",
    telemetry: {
      ...only({ name: "half", match: "/items", sampler: ratio(1) }),
      rollout: { ratio: 1, key: { header: "x-user" } },
    },
    async run({ send, settle, telemetry }) {
      await send({ path: "/items", headers: { "x-user": "ann" } });
      await send("/items");
      const { requests, counted } = await settle(2);
      assert.deepEqual([requests.length, counted], [1, 2]);
      assert.deepEqual(telemetry.status().sampling.decisions, { "half:sampled": 1, "rollout:unsampled": 1 });
    },
  },
];
