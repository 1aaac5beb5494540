import { describe, expect, test } from "vitest";
import type { CheckedRule } from "../model/sampling-rule.ts";
import { TokenBucket } from "../sampling/token-bucket.ts";
import { tiered } from "../sampling/tiered.ts";
import { ruleSet } from "../sampling/testing/rule-set.ts";
import { attributesOf, testHost, type TestHost } from "../testing/test-exchange.ts";
import { HeldSpans } from "./held-spans.ts";

const done = { statusCode: 200, completed: true };
const failed = { statusCode: 500, completed: true };

/** A service that samples nothing, with rules. */
function ruled(rules: CheckedRule[], change: Parameters<typeof testHost>[0] = {}): TestHost {
  const set = ruleSet(...rules);
  return testHost({
    ...change,
    change: { rules: set, decisionWaitsForRoute: set.usesRoute, ...change.change },
  });
}

function run({ begin, tracer, routes }: TestHost, template: string, outcome: typeof done, children = 3): void {
  const exchange = begin({ route: routes.get(template) });
  exchange.run(() => {
    for (let i = 0; i < children; i++) tracer.startSpan(`child ${i}`).end();
  });
  exchange.end(outcome);
}

describe("keep.trace", () => {
  test("holds the child spans of an unsampled request, and writes them when it is kept (R-S12)", () => {
    const host = ruled([{ match: "/a", keep: { trace: true } }]);
    run(host, "/a", failed);
    expect(host.written.map(({ name }) => name)).toEqual(["child 0", "child 1", "child 2", "GET /a"]);
    const [child, , , root] = host.written;
    expect([child?.t0, child?.t3, child?.p0, child?.p1]).toEqual([root?.t0, root?.t3, root?.s0, root?.s1]);
    for (const { flags, traceState } of host.written) expect([flags & 1, traceState]).toEqual([1, ""]);
  });

  test("lets go of them when it is not kept (R-S12)", () => {
    const held = new HeldSpans(3);
    const host = ruled([{ match: "/a", keep: { trace: true } }], { change: { held } });
    for (let i = 0; i < 10; i++) run(host, "/a", done);
    expect(host.written).toEqual([]);
    expect(held.isFull).toBe(false);
    expect(host.drops.snapshot()).toEqual({});
  });

  test("other rules cost nothing and keep the root alone (R-S12)", () => {
    const host = ruled([{ match: "/a", keep: { trace: true } }]);
    run(host, "/b", failed);
    expect(host.written.map(({ name }) => name)).toEqual(["GET /b"]);
    expect(host.tracing.started).toBe(0);
  });

  test("may hold for the whole service, and a rule may say no (R-S12)", () => {
    const host = ruled([{ match: "/a", keep: { trace: false } }], { keep: { trace: true } });
    run(host, "/a", failed);
    expect(host.written).toHaveLength(1);
    run(host, "/b", failed);
    expect(host.written).toHaveLength(5);
  });

  test("a span that ends after its kept request is written too; the server span is not recording (R-I3, R-S12)", () => {
    const host = ruled([{ keep: { trace: true } }]);
    const exchange = host.begin();
    const late = exchange.run(() => host.tracer.startSpan("late"));
    expect([exchange.span.isRecording(), late.isRecording(), late.spanContext().traceFlags & 1]).toEqual([
      false,
      true,
      0,
    ]);
    exchange.end(failed);
    late.end();
    expect(host.written.map(({ name }) => name)).toEqual(["GET", "late"]);
  });

  test("holds at most 64 a request, the rest is counted (R-S12)", () => {
    const host = ruled([{ keep: { trace: true } }]);
    run(host, "/a", failed, 70);
    expect(host.written).toHaveLength(65);
    expect(host.drops.snapshot()).toEqual({ "held-overflow": 6 });
  });

  test("and so many over all requests (R-S12)", () => {
    const held = new HeldSpans(5);
    const host = ruled([{ keep: { trace: true } }], { change: { held } });
    const [one, other] = [host.begin(), host.begin()];
    for (const exchange of [one, other]) {
      exchange.run(() => {
        for (let i = 0; i < 4; i++) host.tracer.startSpan("child").end();
      });
    }
    expect(host.drops.snapshot()).toEqual({ "held-overflow": 3 });
    one.end(done);
    other.end(failed);
    expect(host.written).toHaveLength(2);
    expect(held.isFull).toBe(false);
  });

  test("what is kept counts towards the bound over all spans, what is let go does not (R-S12, R-S19)", () => {
    const spanLimit = new TokenBucket(2);
    const host = ruled([{ keep: { trace: true } }], { tracing: { spanLimit } });
    for (let i = 0; i < 5; i++) run(host, "/a", done);
    run(host, "/a", failed);
    expect(host.written.map(({ name }) => name)).toEqual(["child 0", "child 1", "GET /a"]);
    expect(host.drops.snapshot()).toEqual({ "span-limit": 1 });
  });

  test("below what was not recorded nothing is (R-S12)", () => {
    const host = ruled([{ keep: { trace: true } }], { change: { held: new HeldSpans(0) } });
    const exchange = host.begin();
    exchange.run(() => {
      const outer = host.tracer.startSpan("outer");
      expect(outer.isRecording()).toBe(false);
      outer.end();
    });
    exchange.end(failed);
    expect(host.written).toHaveLength(1);
  });
});

describe("a rule at the end of a request", () => {
  test("keeps by its own terms, in its name (R-S11, R-S16)", () => {
    const host = ruled([
      { name: "patient", match: "/a", keep: { slowerThan: 5_000, errors: 0 } },
      { name: "mute", match: "/b", keep: { errors: 0, aborted: 0, slow: 0 } },
    ]);
    const { begin, routes, clock, written } = host;
    const slow = (template: string, ms: number): void => {
      const exchange = begin({ route: routes.get(template) });
      clock.wait(ms);
      exchange.end(done);
    };
    run(host, "/a", failed);
    run(host, "/b", failed);
    slow("/a", 4_999);
    slow("/b", 60_000);
    expect(written).toEqual([]);
    slow("/a", 5_000);
    slow("/c", 1_000);
    expect(written.map((span) => attributesOf(span)["sampling.rule"])).toEqual(["patient", undefined]);
    expect(attributesOf(written[0])).toMatchObject({ "sampling.reason": "slow", "sampling.ratio": 1 });
  });

  test("bounds its keeps by itself, counted in its name (R-S19)", () => {
    const host = ruled([{ name: "few", match: "/a", keep: { maxPerSecond: 2 } }]);
    for (let i = 0; i < 5; i++) run(host, "/a", failed, 0);
    for (let i = 0; i < 5; i++) run(host, "/b", failed, 0);
    expect(host.written).toHaveLength(7);
    expect(host.host.keep.kept.snapshot()).toEqual({ "few:error": 2, error: 5 });
  });

  test("gives attributes and a name to the span, and a lane to the whole trace (R-S4, R-P4)", () => {
    const { begin, tracer, routes, written, lanes } = ruled(
      [{ match: "/a", lane: "jobs", spanName: "things", attributes: { team: "a", "http.route": "mine" } }],
      { sampler: () => true },
    );
    const exchange = begin({ route: routes.get("/a") });
    exchange.run(() => tracer.startSpan("child").end());
    exchange.end(done);
    expect(written.map(({ name }, i) => [name, lanes[i]])).toEqual([
      ["child", "jobs"],
      ["GET things", "jobs"],
    ]);
    expect(attributesOf(written[1])).toMatchObject({ team: "a", "http.route": "mine" });
  });

  test("the route's own attributes win over the rule's, a handler's name over both (R-S5)", () => {
    const { begin, routes, written } = ruled([{ spanName: "rule", attributes: { team: "rule", zone: 1 } }], {
      sampler: () => true,
    });
    const exchange = begin({ route: routes.get("/a", { attributes: { team: "route" } }) });
    exchange.span.updateName("handler");
    exchange.end(done);
    expect(written[0]?.name).toBe("handler");
    expect(attributesOf(written[0])).toMatchObject({ team: "route", zone: 1 });
  });

  test("metrics: false leaves a request uncounted, but not under way (R-M1)", () => {
    const host = ruled([{ match: "/a", metrics: false }], { sampler: () => true });
    run(host, "/a", failed);
    run(host, "/b", done);
    const counted = host.metrics.collect("cumulative").metrics;
    const duration = counted.find(({ name }) => name === "http.server.request.duration");
    expect(duration?.points.map(({ attributes }) => attributes["http.route"])).toEqual(["/b"]);
    const active = counted.find(({ name }) => name === "http.server.active_requests");
    expect(active?.points).toMatchObject([{ value: 0 }]);
    expect(host.written).toHaveLength(8);
  });

  test("stream: true takes the time to the headers as the duration (R-M2)", () => {
    const { begin, routes, clock, metrics } = ruled([{ match: "/a", stream: true }]);
    const exchange = begin({ route: routes.get("/a") });
    clock.wait(10);
    exchange.headersSent(false);
    clock.wait(60_000);
    exchange.end(done);
    const names = metrics.collect("cumulative").metrics.map(({ name }) => name);
    expect(names).toContain("gossamer.http.server.stream.duration");
  });

  test("notes are taken where its terms could keep a request though the service's could not (R-S12)", () => {
    const { begin, routes, written } = ruled([{ match: "/a", keep: { errors: 1 } }], {
      keep: { errors: 0, aborted: 0, slow: 0 },
    });
    const exchange = begin({ route: routes.get("/a") });
    expect(exchange.flags & 1).toBe(0);
    exchange.span.setAttribute("user.id", "u-7");
    exchange.end(failed);
    expect(attributesOf(written[0])).toMatchObject({ "user.id": "u-7", "sampling.reason": "error" });
  });

  test("a request that cannot be read is counted, written and never throws (R-S4)", () => {
    const host = ruled([{ host: "x", keep: { trace: true } }]);
    const broken = {
      header(_: unknown, name: string): undefined {
        if (name === "host") throw new Error("no session");
      },
    };
    const exchange = host.begin({}, broken);
    exchange.run(() => host.tracer.startSpan("child").end());
    exchange.end(failed);
    expect(host.faults.snapshot()).toMatchObject({ rules: expect.any(Number) as number });
    const duration = host.metrics.collect("cumulative").metrics.find(({ name }) => name.endsWith("request.duration"));
    expect(duration?.points).toHaveLength(1);
  });
});

test("in an outage of 5,000 requests a second, exports stay under their bounds and metrics stay exact (R-S19)", () => {
  const host = ruled(
    [
      { name: "pay", match: "/pay", keep: { maxPerSecond: 10, trace: true } },
      { name: "rest", match: "*", keep: { trace: true } },
    ],
    { keep: { maxPerSecond: 100 } },
  );
  const seconds = 10;
  const perSecond = 5_000;
  const routes = ["/pay", "/cart", "/items/:id", "/search"];
  const lasting = new Map<string, number>();
  for (let i = 0; i < seconds * perSecond; i++) {
    host.clock.wait(1_000 / perSecond);
    run(host, routes[i % routes.length]!, failed, 1);
  }
  for (const { name } of host.written) lasting.set(name, (lasting.get(name) ?? 0) + 1);
  const roots = [...lasting].filter(([name]) => name.startsWith("GET")).reduce((sum, [, count]) => sum + count, 0);
  // The process's bound with its burst, and each route's one a second beyond it.
  expect(roots).toBeLessThanOrEqual(100 * (seconds + 1) + routes.length * seconds);
  expect(roots).toBeGreaterThan(100 * seconds * 0.9);
  expect(lasting.get("GET /pay")).toBeLessThanOrEqual(10 * (seconds + 1));
  for (const route of routes) expect(lasting.get(`GET ${route}`)).toBeGreaterThan(0);
  expect(lasting.get("child 0")).toBe(roots);

  const duration = host.metrics
    .collect("cumulative")
    .metrics.find(({ name }) => name === "http.server.request.duration");
  const counts = duration?.kind === "histogram" ? duration.points.map(({ count }) => count) : [];
  expect(counts).toEqual(routes.map(() => (seconds * perSecond) / routes.length));
});

describe("a tiered sampler", () => {
  function tier(child: number, deep = 1): TestHost {
    const sampler = tiered({ root: 1, child, deep, minDepth: 3 });
    return testHost({ sampler, tracing: { decide: (facts) => sampler.decide(facts), tiers: { inForce: sampler } } });
  }

  function nest({ tracer }: TestHost, depth: number, names: string[] = []): string[] {
    if (depth === 0) return names;
    return tracer.startActiveSpan(`span ${names.length + 1}`, (span) => {
      const nested = nest({ tracer } as TestHost, depth - 1, [...names, span.spanContext().spanId]);
      span.end();
      return nested;
    });
  }

  test("leaves out the children of a sampled request, and what they call hangs under the request (R-S8)", () => {
    const host = tier(0);
    const exchange = host.begin();
    const ids = exchange.run(() => nest(host, 3));
    const { spanId, traceFlags } = exchange.span.spanContext();
    exchange.end(done);
    expect(host.written.map(({ name }) => name)).toEqual(["GET"]);
    expect(ids).toEqual([spanId, spanId, spanId]);
    expect(traceFlags & 1).toBe(1);
  });

  test("leaves out what is deep, below the last that is recorded (R-S8)", () => {
    const host = tier(1, 0);
    const exchange = host.begin();
    const ids = exchange.run(() => nest(host, 4));
    exchange.end(done);
    expect(host.written.map(({ name }) => name)).toEqual(["span 2", "span 1", "GET"]);
    expect(ids[2]).toBe(ids[1]);
    expect(ids[3]).toBe(ids[1]);
  });

  test("each span carries the threshold of its tier (R-S8)", () => {
    const sampler = tiered({ root: 1, child: 0.5 });
    const host = testHost({ sampler, tracing: { tiers: { inForce: sampler } } });
    for (let i = 0; i < 50; i++) {
      const exchange = host.begin();
      exchange.run(() => nest(host, 1));
      exchange.end(done);
    }
    const states = new Map<string, number>();
    for (const { name, traceState } of host.written) {
      states.set(`${name} ${traceState}`, (states.get(`${name} ${traceState}`) ?? 0) + 1);
    }
    expect([...states.keys()].toSorted()).toEqual(["GET ot=th:0", "span 1 ot=th:8"]);
    expect(states.get("span 1 ot=th:8")).toBeGreaterThan(10);
    expect(states.get("span 1 ot=th:8")).toBeLessThan(40);
  });

  test("goes for traces that no request made as well (R-S8)", () => {
    const host = tier(0);
    host.tracer.startActiveSpan("job", (job) => {
      host.tracer.startSpan("step").end();
      job.end();
    });
    expect(host.written.map(({ name }) => name)).toEqual(["job"]);
  });
});
