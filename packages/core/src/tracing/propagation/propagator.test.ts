import {
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
  type SpanContext,
  type TextMapPropagator,
  trace,
} from "@opentelemetry/api";
import { request as httpRequest } from "node:http";
import { expect, test } from "vitest";
import type { Propagator } from "../../model/choices.ts";
import { RandomPool } from "../../model/random.ts";
import { Tally } from "../../tally/tally.ts";
import { seededRandom, testTracing } from "../../testing/test-tracing.ts";
import { suppressTracingKey } from "../context/context-keys.ts";
import { createPropagator } from "./propagator.ts";
import { parseTraceState } from "./trace-state.ts";

const spanContext: SpanContext = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: 3,
};
const traceparent = `00-${spanContext.traceId}-${spanContext.spanId}-03`;

interface Bench {
  readonly drops: Tally;
  readonly faults: Tally;
  readonly inject: (context: Context) => Record<string, string>;
  readonly extract: (carrier: Record<string, unknown>) => Context;
  readonly fields: () => string[];
}

function propagator(...names: Propagator[]): Bench {
  const drops = new Tally();
  const faults = new Tally();
  const composite = createPropagator(names, { drops, faults, random: new RandomPool(seededRandom(7)) });
  return {
    drops,
    faults,
    inject(context) {
      const carrier: Record<string, string> = {};
      composite.inject(context, carrier, defaultTextMapSetter);
      return carrier;
    },
    extract: (carrier) => composite.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter),
    fields: () => composite.fields(),
  };
}

function contextWith(change: Partial<SpanContext> = {}): Context {
  return propagation.setBaggage(
    trace.setSpanContext(ROOT_CONTEXT, { ...spanContext, ...change }),
    propagation.createBaggage({ user: { value: "alice" } }),
  );
}

test("each outgoing call of an unsampled request has a span id of its own, the same in all of its headers (C17)", () => {
  const { tracer } = testTracing({ decide: () => ({ sampled: false, reason: "ratio" }) });
  const other: TextMapPropagator = {
    inject: (context, carrier, setter) => setter.set(carrier, "x-span", trace.getSpanContext(context)?.spanId ?? ""),
    extract: (context) => context,
    fields: () => ["x-span"],
  };
  const { inject } = propagator("tracecontext", other, "baggage");
  const span = tracer.startSpan("job");
  const context = propagation.setBaggage(
    trace.setSpan(ROOT_CONTEXT, span),
    propagation.createBaggage({ user: { value: "alice" } }),
  );
  const sent = Array.from({ length: 5 }, () => inject(context));
  const ids = sent.map(({ traceparent: header }) => String(header).split("-"));
  expect(new Set(ids.map(([, traceId]) => traceId))).toEqual(new Set([span.spanContext().traceId]));
  expect(new Set(ids.map(([, , spanId]) => spanId)).size).toBe(5);
  expect(new Set(ids.map(([, , , flags]) => flags))).toEqual(new Set(["02"]));
  expect(sent.map((headers) => headers["x-span"])).toEqual(ids.map(([, , spanId]) => spanId));
  expect(sent[0]?.["baggage"]).toBe("user=alice");
});

test("only the propagators that are named run (R-I12)", () => {
  const incoming = { traceparent, baggage: "user=alice" };
  const cases: [Propagator[], string[]][] = [
    [
      ["tracecontext", "baggage"],
      ["traceparent", "baggage"],
    ],
    [["tracecontext"], ["traceparent"]],
    [["baggage"], ["baggage"]],
    [["none"], []],
    [[], []],
  ];
  for (const [names, headers] of cases) {
    const { inject, extract } = propagator(...names);
    expect(Object.keys(inject(contextWith()))).toEqual(headers);
    const context = extract(incoming);
    expect(trace.getSpanContext(context) !== undefined).toBe(headers.includes("traceparent"));
    expect(propagation.getBaggage(context) !== undefined).toBe(headers.includes("baggage"));
  }
  expect(propagator("tracecontext", "baggage").fields()).toEqual(["traceparent", "tracestate", "baggage"]);
  expect(() => propagator("b3" as never)).toThrow(RangeError);
});

test("what is injected is extracted as a remote parent, tracestate and baggage with it (R-I12)", () => {
  const { inject, extract } = propagator("tracecontext", "baggage");
  const headers = inject(contextWith({ traceState: parseTraceState("ot=th:8,congo=t61")! }));
  expect(headers).toEqual({ traceparent, tracestate: "ot=th:8,congo=t61", baggage: "user=alice" });
  const context = extract(headers);
  expect(trace.getSpanContext(context)).toMatchObject({ ...spanContext, isRemote: true });
  expect(trace.getSpanContext(context)?.traceState?.serialize()).toBe("ot=th:8,congo=t61");
  expect(propagation.getBaggage(context)?.getEntry("user")).toEqual({ value: "alice" });
});

test("a suppressed context sends nothing (R-I5)", () => {
  const { inject } = propagator("tracecontext", "baggage");
  expect(inject(contextWith().setValue(suppressTracingKey, true))).toEqual({});
});

test.each([
  [{ traceparent: [traceparent] }, true],
  [{ traceparent: [traceparent, traceparent] }, false],
  [{ traceparent: [] }, false],
  [{ traceparent: ` ${traceparent}\t` }, true],
  [{ traceparent: traceparent.replace("00-", "ff-") }, false],
  [{ tracestate: "a=1" }, false],
  [{}, false],
])("from %j a parent is taken: %o (R-I12)", (carrier, taken) => {
  const parent = trace.getSpanContext(propagator("tracecontext").extract(carrier));
  expect(parent?.traceId).toBe(taken ? spanContext.traceId : undefined);
});

test("an invalid tracestate costs the tracestate and not the parent, a repeated one is one list (R-I12)", () => {
  const { extract } = propagator("tracecontext");
  const broken = trace.getSpanContext(extract({ traceparent, tracestate: "a=1,B=2" }));
  expect(broken).toEqual({ ...spanContext, isRemote: true });
  const repeated = trace.getSpanContext(extract({ traceparent, tracestate: ["a=1", "", "b=2"] }));
  expect(repeated?.traceState?.serialize()).toBe("a=1,b=2");
});

test.each([
  { traceId: "0".repeat(32) },
  { traceId: spanContext.traceId.toUpperCase() },
  { traceId: "x\r\ninjected: 1" },
  { spanId: "" },
])("a foreign span with the ids %j is not sent (R-I12)", (change) => {
  expect(propagator("tracecontext").inject(contextWith(change))).toEqual({});
});

test("a foreign tracestate that is not valid is not sent (R-I12)", () => {
  const traceState = { ...parseTraceState("a=1")!, serialize: () => "a=1\r\ninjected: 1" } as never;
  expect(propagator("tracecontext").inject(contextWith({ traceState }))).toEqual({ traceparent });
});

test("a user's propagator runs beside ours, and headers Node would refuse do not reach the carrier (R-I12)", () => {
  const values: [string, unknown][] = [
    ["x-good", "a\tb é"],
    ["x-lines", "a\r\nb"],
    ["x-nul", "\0"],
    ["x-wide", "\u2028"],
    ["x bad", "1"],
    ["", "1"],
    ["x-number", 1],
    ["x-del", "\u007f"],
  ];
  const own: TextMapPropagator = {
    inject: (_, carrier, setter) => {
      for (const [key, value] of values) setter.set(carrier, key, value as string);
    },
    extract: (context, carrier) => context.setValue(Symbol.for("own"), Object.keys(carrier as object).length),
    fields: () => ["x-good"],
  };
  const { inject, extract, fields, drops } = propagator("tracecontext", own);
  const headers = inject(contextWith());
  expect(headers).toEqual({ traceparent, "x-good": "a\tb é" });
  expect(() =>
    httpRequest({ host: "127.0.0.1", port: 1, headers })
      .on("error", () => {})
      .destroy(),
  ).not.toThrow();
  expect(drops.snapshot()).toEqual({ header: 7 });
  expect(extract({ traceparent }).getValue(Symbol.for("own"))).toBe(1);
  expect(fields()).toEqual(["traceparent", "tracestate", "x-good"]);
});

test("a propagator that throws is counted, and the others still run (R-I12)", () => {
  const broken = (): never => {
    throw new Error("no");
  };
  const { inject, extract, fields, faults } = propagator(
    { inject: broken, extract: broken, fields: broken },
    "tracecontext",
  );
  expect(inject(contextWith())).toEqual({ traceparent });
  expect(trace.getSpanContext(extract({ traceparent }))?.spanId).toBe(spanContext.spanId);
  expect(fields()).toEqual(["traceparent", "tracestate"]);
  expect(faults.snapshot()).toEqual({ propagator: 3 });
});
