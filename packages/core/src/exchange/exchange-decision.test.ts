import { propagation, type TextMapPropagator, trace, TraceFlags } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import type { SamplingFacts } from "../model/sampling/sampler.ts";
import { ratio } from "../sampling/samplers/ratio.ts";
import type { IncomingContextSettings } from "./incoming/incoming-context.ts";
import { priority } from "../sampling/samplers/priority.ts";
import { parentBased } from "../sampling/samplers/parent-based.ts";
import { attributesOf, testHost } from "../testing/test-exchange.ts";
import { Tally } from "../tally/tally.ts";
import { createBaggagePropagator } from "../tracing/propagation/baggage-propagator.ts";

const done = { statusCode: 200, completed: true };
const failed = { statusCode: 500, completed: true };
const caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03";

/** A sampler that waits for the route, and says what it was asked with. */
function byRoute(sampled: (facts: SamplingFacts) => boolean) {
  const asked: (string | undefined)[] = [];
  const sampler = {
    description: "by route",
    usesRoute: true,
    decide(facts: SamplingFacts) {
      asked.push(facts.route?.template);
      return { sampled: sampled(facts), reason: "custom" };
    },
  };
  return { sampler, asked };
}

describe("when the decision falls", () => {
  test("asking for ids decides nothing (R-G1)", () => {
    let asked = 0;
    const { begin } = testHost({ sampler: () => ++asked > 0 });
    const exchange = begin();
    const { traceId, spanId } = exchange.span.spanContext();
    expect(trace.isSpanContextValid({ traceId, spanId, traceFlags: 0 })).toBe(true);
    expect(asked).toBe(0);
  });

  test("reading the flags decides, once and for good (R-S1)", () => {
    let asked = 0;
    const { begin } = testHost({ sampler: () => ++asked > 0 });
    const exchange = begin();
    expect(exchange.span.spanContext().traceFlags).toBe(3);
    expect([exchange.flags, exchange.traceState, exchange.childFate()]).toEqual([3, "", "recorded"]);
    exchange.end(done);
    expect(asked).toBe(1);
  });

  test("a child span decides when no rule looks at the route (R-S1)", () => {
    let asked = 0;
    const { begin, tracer } = testHost({ sampler: () => ++asked > 0 });
    const exchange = begin();
    exchange.run(() => tracer.startSpan("child").end());
    expect(asked).toBe(1);
  });

  test("without any question the end decides (R-S1)", () => {
    const { sampler, asked } = byRoute(() => true);
    const { begin, routes, written } = testHost({ sampler });
    const request = { route: routes.get("/users/:id") };
    begin(request).end(done);
    expect(asked).toEqual(["/users/:id"]);
    expect(written).toHaveLength(1);
  });

  test("a child before routing is held, and delivered when the route says yes (R-S4)", () => {
    const { sampler, asked } = byRoute(({ route }) => route?.template === "/vip");
    const { begin, tracer, routes, written } = testHost({ sampler });
    const request: { route?: ReturnType<typeof routes.get> } = {};
    const exchange = begin(request);
    exchange.run(() => {
      const auth = tracer.startSpan("auth");
      expect(auth.isRecording()).toBe(true);
      auth.end();
      expect([asked, written]).toEqual([[], []]);
      request.route = routes.get("/vip");
      tracer.startSpan("query").end();
    });
    exchange.end(done);
    expect(asked).toEqual(["/vip"]);
    expect(written.map(({ name }) => name).toSorted()).toEqual(["GET /vip", "auth", "query"]);
    for (const { p1, flags } of written.filter(({ kind }) => kind === 0))
      expect([p1, flags & 1]).toEqual([exchange.s1, 1]);
  });

  test("a child before routing shares the fate of a route that says no (R-S4)", () => {
    const { sampler } = byRoute(() => false);
    const { begin, tracer, routes, written } = testHost({ sampler });
    const request: { route?: ReturnType<typeof routes.get> } = {};
    const exchange = begin(request);
    exchange.run(() => tracer.startSpan("auth").end());
    request.route = routes.get("/quiet");
    expect(exchange.run(() => tracer.startSpan("query").isRecording())).toBe(false);
    exchange.end(done);
    expect(written).toEqual([]);
  });

  test("a held child is kept with a request that fails, whenever it ended (R-S12)", () => {
    const { sampler } = byRoute(() => false);
    const { begin, tracer, routes, written } = testHost({ sampler });
    const request: { route?: ReturnType<typeof routes.get> } = {};
    const exchange = begin(request);
    const [early, late, last] = exchange.run(() => [
      tracer.startSpan("early"),
      tracer.startSpan("late"),
      tracer.startSpan("last"),
    ]);
    early?.end();
    request.route = routes.get("/fails");
    expect(exchange.childFate()).toBe("unsampled");
    late?.end();
    exchange.end(failed);
    last?.end();
    expect(written.map(({ name }) => name)).toEqual(["GET /fails", "early", "late", "last"]);
  });

  test("a route that could decide makes children wait, though no rule looks at routes (R-S5)", () => {
    const { begin } = testHost({ sampler: () => true });
    expect(begin({}, { routeOptionsInUse: { sampling: true, stream: false } }).childFate()).toBe("held");
    expect(begin({}).childFate()).toBe("recorded");
  });

  test("at most 64 children wait; the next makes the decision fall without the route, and it is counted so (R-S4)", () => {
    const { sampler, asked } = byRoute(() => false);
    const { begin, tracer, counts } = testHost({ sampler });
    const exchange = begin();
    const recording = exchange.run(() =>
      Array.from({ length: 70 }, () => tracer.startSpan("child")).filter((span) => span.isRecording()),
    );
    expect(recording).toHaveLength(64);
    expect(asked).toEqual([undefined]);
    expect(counts.snapshot()).toEqual({ "before-route:unsampled": 1 });
    for (const span of recording) span.end();
    exchange.end(done);
  });

  test("a request holds at most maxSpansPerRequest child spans, and what exceeds is counted (R-I9)", () => {
    const { begin, tracer, written, drops } = testHost({ sampler: () => true, tracing: { maxSpansPerRequest: 2 } });
    const exchange = begin();
    exchange.run(() => {
      for (let i = 0; i < 5; i++) tracer.startSpan(`child ${i}`).end();
    });
    exchange.end(done);
    expect(written.map(({ name }) => name)).toEqual(["child 0", "child 1", "GET"]);
    expect(drops.snapshot()).toEqual({ "trace-full": 3 });
  });

  test("flags read before routing are final, and the span says why (R-S16)", () => {
    const { sampler } = byRoute(({ route }) => route === undefined);
    const { begin, routes, written } = testHost({ sampler });
    const request: { route?: ReturnType<typeof routes.get> } = {};
    const exchange = begin(request);
    expect(exchange.flags & TraceFlags.SAMPLED).toBe(1);
    request.route = routes.get("/late");
    exchange.end(done);
    expect(attributesOf(written[0])["sampling.reason"]).toBe("before-route");
  });

  test("a sampler that throws is counted, and the request goes on unsampled (R-S16)", () => {
    const { begin, faults, written } = testHost({
      sampler: () => {
        throw new Error("sampler");
      },
    });
    const exchange = begin();
    expect(exchange.span.isRecording()).toBe(false);
    exchange.end(done);
    expect([faults.snapshot(), written]).toEqual([{ sampler: 1 }, []]);
  });
});

describe("the caller", () => {
  const follow = parentBased({ root: { description: "no", decide: () => ({ sampled: false, reason: "always-off" }) } });

  test("a trusted caller's trace goes on here, with its decision (R-S2)", () => {
    const { begin, written } = testHost({ sampler: follow });
    const exchange = begin({ headers: { traceparent: caller, tracestate: "vendor=x" } });
    expect(exchange.span.spanContext()).toMatchObject({ traceId: "0af7651916cd43dd8448eb211c80319c", traceFlags: 3 });
    exchange.end(done);
    expect(written[0]).toMatchObject({
      t0: 0x0af7_6519,
      p0: 0xb7ad_6b71 | 0,
      p1: 0x6920_3331,
      flags: 1 | 2 | 512,
      traceState: "vendor=x",
      links: undefined,
    });
  });

  test("a caller that is not trusted forces nothing: a new trace, with a link to its span (R-S18)", () => {
    const { begin, written } = testHost({ sampler: ({ parent }) => parent === undefined, incoming: { trust: false } });
    const exchange = begin({ headers: { traceparent: caller, tracestate: "ot=th:0;rv:ffffffffffffff" } });
    const { traceId } = exchange.span.spanContext();
    expect(traceId).not.toBe("0af7651916cd43dd8448eb211c80319c");
    exchange.end(done);
    expect(written[0]).toMatchObject({ p0: 0, p1: 0, traceState: "" });
    expect(written[0]?.links).toMatchObject([
      { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", flags: 3 | 256 | 512 },
    ]);
  });

  test("trust may be asked by request; an answer that throws is no, and counted (R-S18)", () => {
    const seen: unknown[] = [];
    const { begin } = testHost({ sampler: follow, incoming: { trust: (request) => seen.push(request) > 0 } });
    const request = { headers: { traceparent: caller } };
    expect(begin(request).flags).toBe(3);
    expect(seen).toEqual([request]);
    const broken = testHost({
      sampler: follow,
      incoming: {
        trust: () => {
          throw new Error("trust");
        },
      },
    });
    expect(broken.begin(request).parent).toBeUndefined();
    expect(broken.begin({}).parent).toBeUndefined();
  });

  test("headers are looked at once, also when they name no caller (R-I3)", () => {
    const { begin } = testHost({ sampler: ratio(0.5) });
    let reads = 0;
    const exchange = begin({}, { header: () => void reads++ });
    exchange.span.spanContext();
    expect([exchange.flags, exchange.traceState].length).toBe(2);
    expect(reads).toBe(1);
  });

  test("R of the caller's trace state is R here, and is not overwritten (R-S1)", () => {
    const { begin } = testHost({ sampler: ratio(0.5) });
    const exchange = begin({ headers: { traceparent: caller, tracestate: "ot=rv:00000000000001" } });
    expect([exchange.randomHigh, exchange.randomLow]).toEqual([0, 1]);
    const other = testHost({
      sampler: { description: "", decide: () => ({ sampled: true, reason: "ratio", threshold: "8" }) },
    });
    const span = other.begin({ headers: { traceparent: caller, tracestate: "ot=rv:80000000000001" } }).span;
    // A sampler of the user's is asked for roots only: here the caller is followed, and its threshold was none.
    expect(span.spanContext().traceState?.serialize()).toBe("ot=rv:80000000000001");
  });

  test("without a caller, R is the end of the trace id (R-S1)", () => {
    const { begin } = testHost();
    const exchange = begin();
    const { traceId } = exchange.span.spanContext();
    expect(Number.parseInt(traceId.slice(18, 24), 16)).toBe(exchange.randomHigh);
    expect(Number.parseInt(traceId.slice(24), 16)).toBe(exchange.randomLow >>> 0);
  });

  test("baggage is read only when somebody asks for it, and once (R-I3)", () => {
    const { begin } = testHost({ incoming: { propagator: createBaggagePropagator(new Tally()) } });
    let reads = 0;
    const exchange = begin(
      {},
      { header: (_request, name) => (name === "baggage" && reads++ >= 0 ? "tenant=a" : undefined) },
    );
    exchange.span.spanContext();
    expect(reads).toBe(0);
    expect(propagation.getBaggage(exchange)?.getEntry("tenant")?.value).toBe("a");
    expect(propagation.getBaggage(exchange.setValue(Symbol("x"), 1))?.getEntry("tenant")?.value).toBe("a");
    expect(reads).toBe(1);
  });

  test("the baggage of a caller who is not trusted decides nothing and goes no further, unless that is asked for (D2)", () => {
    const byBaggage = priority({
      from: [{ baggage: "priority" }, { header: "baggage" }],
      ratios: { critical: 1, "*": 1 },
      otherwise: 0,
    });
    const incoming = { propagator: createBaggagePropagator(new Tally()), trust: false };
    const request = { headers: { baggage: "priority=critical" } };
    const seen = (settings: Partial<IncomingContextSettings>) => {
      const { begin } = testHost({ sampler: byBaggage, incoming: { ...incoming, ...settings } });
      const exchange = begin(request);
      return [exchange.flags & 1, propagation.getBaggage(exchange)?.getEntry("priority")?.value];
    };
    expect(seen({})).toEqual([0, undefined]);
    expect(seen({ untrustedBaggage: true })).toEqual([0, "critical"]);
    expect(seen({ trust: true })).toEqual([1, "critical"]);
    expect(seen({ trust: (raw) => raw === request })).toEqual([1, "critical"]);
    expect(seen({ trust: () => false })).toEqual([0, undefined]);
  });

  test.each([undefined, "01-broken"])(
    "a caller that sends only the headers of another propagator is continued; its traceparent is %s (C15)",
    (traceparent) => {
      const b3: TextMapPropagator = {
        inject() {},
        // As b3 does where it has to look for its headers by name.
        extract(context, carrier, getter) {
          const header = getter.keys(carrier).find((key) => key.toLowerCase() === "b3");
          const [traceId, spanId, sampled] = String(header === undefined ? "" : getter.get(carrier, header)).split("-");
          if (traceId === undefined || spanId === undefined) return context;
          return trace.setSpanContext(context, { traceId, spanId, traceFlags: Number(sampled), isRemote: true });
        },
        fields: () => ["b3"],
      };
      const { begin } = testHost({
        sampler: follow,
        incoming: { traceContext: true, foreignTrace: true, propagator: b3 },
      });
      const headers = {
        b3: `${"a".repeat(32)}-${"b".repeat(16)}-1`,
        ...(traceparent === undefined ? undefined : { traceparent }),
      };
      const exchange = begin({ headers }, { stream: () => ({ headers }) as never });
      expect(exchange.span.spanContext()).toMatchObject({ traceId: "a".repeat(32), traceFlags: 1 });
      expect(exchange.parent).toMatchObject({ sampled: true, trusted: true });
      const both = begin({ headers: { ...headers, traceparent: caller } }, { stream: () => ({ headers }) as never });
      expect(both.span.spanContext().traceId).toBe(caller.slice(3, 35));
    },
  );

  test("a propagator of the user's that throws is counted, and the request goes on (R-I12)", () => {
    const propagator = {
      inject() {},
      extract() {
        throw new Error("extract");
      },
      fields: () => [],
    };
    const { begin, faults } = testHost({ incoming: { traceContext: false, propagator } });
    const exchange = begin();
    expect(exchange.getValue(Symbol("x"))).toBeUndefined();
    expect(exchange.parent).toBeUndefined();
    expect(faults.get("propagator")).toBe(2);
  });
});

describe("the trace state", () => {
  test("tells the threshold when it alone decided (R-S1)", () => {
    const { begin, written } = testHost({ sampler: ratio(1) });
    const exchange = begin();
    expect(exchange.traceState).toBe("ot=th:0");
    exchange.end(done);
    expect(written[0]?.traceState).toBe("ot=th:0");
  });

  test("tells none for what was kept at its end, and takes a caller's away that does not hold (R-S10)", () => {
    const { begin, written } = testHost();
    const exchange = begin({
      headers: { traceparent: caller.replace(/03$/, "02"), tracestate: "vendor=x,ot=th:8;rv:00000000000001" },
    });
    exchange.end(failed);
    expect(written[0]?.traceState).toBe("ot=rv:00000000000001,vendor=x");
  });
});
