import { metricsIn } from "../../metrics/testing/test-metrics.ts";
import { describe, expect, test } from "vitest";
import { done, failed, ruledHost, serveOne } from "../../testing/ruled-host.ts";
import { attributesOf } from "../../testing/test-exchange.ts";

describe("a rule at the end of a request", () => {
  test("keeps by its own terms, in its name (R-S11, R-S16)", () => {
    const host = ruledHost([
      { name: "patient", match: "/a", keep: { slowerThanMs: 5_000, errors: 0 } },
      { name: "mute", match: "/b", keep: { errors: 0, aborted: 0, slow: 0 } },
    ]);
    const { begin, routes, clock, written } = host;
    const slow = (template: string, ms: number): void => {
      const exchange = begin({ route: routes.get(template) });
      clock.wait(ms);
      exchange.end(done);
    };
    serveOne(host, "/a", failed);
    serveOne(host, "/b", failed);
    slow("/a", 4_999);
    slow("/b", 60_000);
    expect(written).toEqual([]);
    slow("/a", 5_000);
    slow("/c", 1_000);
    expect(written.map((span) => attributesOf(span)["sampling.rule"])).toEqual(["patient", undefined]);
    expect(attributesOf(written[0])).toMatchObject({ "sampling.reason": "slow", "sampling.ratio": 1 });
  });

  test("bounds its keeps by itself, counted in its name (R-S19)", () => {
    const host = ruledHost([{ name: "few", match: "/a", keep: { maxPerSecond: 2 } }]);
    for (let i = 0; i < 5; i++) serveOne(host, "/a", failed, 0);
    for (let i = 0; i < 5; i++) serveOne(host, "/b", failed, 0);
    expect(host.written).toHaveLength(7);
    expect(host.host.keep.kept.snapshot()).toEqual({ "few:error": 2, error: 5 });
  });

  test("gives attributes and a name to the span, and a lane to the whole trace (R-S4, R-P4)", () => {
    const { begin, tracer, routes, written, lanes } = ruledHost(
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
    const { begin, routes, written } = ruledHost([{ spanName: "rule", attributes: { team: "rule", zone: 1 } }], {
      sampler: () => true,
    });
    const exchange = begin({ route: routes.get("/a", { attributes: { team: "route" } }) });
    exchange.span.updateName("handler");
    exchange.end(done);
    expect(written[0]?.name).toBe("handler");
    expect(attributesOf(written[0])).toMatchObject({ team: "route", zone: 1 });
  });

  test("metrics: false leaves a request uncounted, but not under way (R-M1)", () => {
    const host = ruledHost([{ match: "/a", metrics: false }], { sampler: () => true });
    serveOne(host, "/a", failed);
    serveOne(host, "/b", done);
    const counted = metricsIn(host.metrics.reader("cumulative").collect());
    const duration = counted.find(({ name }) => name === "http.server.request.duration");
    expect(duration?.points.map(({ attributes }) => attributes["http.route"])).toEqual(["/b"]);
    const active = counted.find(({ name }) => name === "http.server.active_requests");
    expect(active?.points).toMatchObject([{ value: 0 }]);
    expect(host.written).toHaveLength(8);
  });

  test("stream: true takes the time to the headers as the duration (R-M2)", () => {
    const { begin, routes, clock, metrics } = ruledHost([{ match: "/a", stream: true }]);
    const exchange = begin({ route: routes.get("/a") });
    clock.wait(10);
    exchange.headersSent(false);
    clock.wait(60_000);
    exchange.end(done);
    const names = metricsIn(metrics.reader("cumulative").collect()).map(({ name }) => name);
    expect(names).toContain("gossamer.http.server.stream.duration");
  });

  test("notes are taken where its terms could keep a request though the service's could not (R-S12)", () => {
    const { begin, routes, written } = ruledHost([{ match: "/a", keep: { errors: 1 } }], {
      keep: { errors: 0, aborted: 0, slow: 0 },
    });
    const exchange = begin({ route: routes.get("/a") });
    expect(exchange.flags & 1).toBe(0);
    exchange.span.setAttribute("user.id", "u-7");
    exchange.end(failed);
    expect(attributesOf(written[0])).toMatchObject({ "user.id": "u-7", "sampling.reason": "error" });
  });

  test("a request that cannot be read is counted, written and never throws (R-S4)", () => {
    const host = ruledHost([{ host: "x", keep: { trace: true } }]);
    const broken = {
      header(_: unknown, name: string): undefined {
        if (name === "host") throw new Error("no session");
      },
    };
    const exchange = host.begin({}, broken);
    exchange.run(() => host.tracer.startSpan("child").end());
    exchange.end(failed);
    expect(host.faults.snapshot()).toMatchObject({ rules: expect.any(Number) as number });
    const duration = metricsIn(host.metrics.reader("cumulative").collect()).find(({ name }) =>
      name.endsWith("request.duration"),
    );
    expect(duration?.points).toHaveLength(1);
  });
});

test("in an outage of 5,000 requests a second, exports stay under their bounds and metrics stay exact (R-S19)", () => {
  const host = ruledHost(
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
    serveOne(host, routes[i % routes.length]!, failed, 1);
  }
  for (const { name } of host.written) lasting.set(name, (lasting.get(name) ?? 0) + 1);
  const roots = [...lasting].filter(([name]) => name.startsWith("GET")).reduce((sum, [, count]) => sum + count, 0);
  // The process's bound with its burst, and each route's one a second beyond it.
  expect(roots).toBeLessThanOrEqual(100 * (seconds + 1) + routes.length * seconds);
  expect(roots).toBeGreaterThan(100 * seconds * 0.9);
  expect(lasting.get("GET /pay")).toBeLessThanOrEqual(10 * (seconds + 1));
  for (const route of routes) expect(lasting.get(`GET ${route}`)).toBeGreaterThan(0);
  expect(lasting.get("child 0")).toBe(roots);

  const duration = metricsIn(host.metrics.reader("cumulative").collect()).find(
    ({ name }) => name === "http.server.request.duration",
  );
  const counts = duration?.kind === "histogram" ? duration.points.map(({ count }) => count) : [];
  expect(counts).toEqual(routes.map(() => (seconds * perSecond) / routes.length));
});

describe("what a rule could still keep", () => {
  const nothing = { errors: 0, aborted: 0, slow: 0 };

  test("a request without a route yet remembers, as long as a rule for some route keeps anything (R-S12)", () => {
    const host = ruledHost([{ match: "/a", keep: { errors: 1 } }], { keep: nothing });
    const unrouted = host.begin();
    expect([unrouted.flags & 1, unrouted.remembers]).toEqual([0, "some"]);
    const [one, other] = [host.begin({ route: host.routes.get("/a") }), host.begin({ route: host.routes.get("/b") })];
    expect([one.flags & 1, other.flags & 1]).toEqual([0, 0]);
    expect([one.remembers, other.remembers]).toEqual(["some", "nothing"]);
  });

  test("it holds its children, as long as a rule for some route keeps them (R-S12)", () => {
    const host = ruledHost([{ match: "/a", keep: { trace: true } }]);
    const unrouted = host.begin();
    expect([unrouted.flags & 1, unrouted.childFate()]).toEqual([0, "held"]);
    expect(host.begin({ route: host.routes.get("/a") }).childFate()).toBe("held");
    expect(host.begin({ route: host.routes.get("/b") }).childFate()).toBe("unsampled");
  });

  test("no children are held where no rule keeps them, whatever the route is going to be (R-S12)", () => {
    const host = ruledHost([{ match: "/a", keep: { errors: 1 } }]);
    const unrouted = host.begin();
    expect([unrouted.flags & 1, unrouted.childFate()]).toEqual([0, "unsampled"]);
  });
});
