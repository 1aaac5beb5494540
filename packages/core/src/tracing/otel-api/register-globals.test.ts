import { createRequire } from "node:module";
import { context, type MeterProvider, metrics, propagation, trace } from "@opentelemetry/api";
import { MeterProvider as SdkMeterProvider } from "@opentelemetry/sdk-metrics";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { afterEach, expect, test } from "vitest";
import { RandomPool } from "../../model/random.ts";
import { seededRandom, testTracing, type TestTracing } from "../../testing/test-tracing.ts";
import { createPropagator } from "../propagation/propagator.ts";
import { countsOf, testMetrics } from "../../metrics/testing/test-metrics.ts";
import { Tally } from "../../tally/tally.ts";
import { apiPlace, registerGlobals } from "./register-globals.ts";

const required = createRequire(import.meta.url)("@opentelemetry/api") as typeof import("@opentelemetry/api");

function register(
  made: TestTracing,
  wanted: "auto" | "always" | "never" = "auto",
  meters: MeterProvider | undefined = testMetrics().metrics.meterProvider,
): () => void {
  return registerGlobals({
    place: apiPlace(wanted),
    provider: made.provider,
    meters,
    evictsMeters: wanted === "always",
    contexts: made.contexts,
    propagator: createPropagator(["tracecontext"], {
      drops: new Tally(),
      faults: new Tally(),
      random: new RandomPool(seededRandom()),
    }),
    diagnostics: { info: (line) => made.lines.push(line), warn: (line) => made.lines.push(line) },
  });
}

afterEach(() => {
  for (const api of [{ trace, context, propagation, metrics }, required]) {
    api.metrics.disable();
    api.trace.disable();
    api.context.disable();
    api.propagation.disable();
  }
});

test("the API is two modules in this version, so that the tests below mean something (R-I6)", () => {
  expect(required.trace).not.toBe(trace);
});

test("tracers taken early through either module of the API deliver once the engine is there (R-I6)", () => {
  const early = [trace.getTracer("imported"), required.trace.getTracer("required")];
  for (const tracer of early) tracer.startSpan("lost before").end();
  const made = testTracing();
  register(made);
  early[0]?.startActiveSpan("outer", (outer) => {
    early[1]?.startSpan("inner").end();
    outer.end();
  });
  trace.getTracer("late").startSpan("late").end();
  required.trace.getTracer("late").startSpan("late required").end();
  expect(made.written.map(({ name, scope }) => [scope.name, name])).toEqual([
    ["required", "inner"],
    ["imported", "outer"],
    ["late", "late"],
    ["late", "late required"],
  ]);
  expect(made.written[0]?.p1).toBe(made.written[1]?.s1);
  expect(made.lines).toEqual([]);
});

test("the active span is found, and carried on, through both modules (R-I6)", () => {
  const made = testTracing();
  register(made);
  made.tracer.startActiveSpan("work", (span) => {
    expect(trace.getActiveSpan()).toBe(span);
    expect(required.trace.getActiveSpan()).toBe(span);
    const carrier: Record<string, string> = {};
    required.propagation.inject(required.context.active(), carrier);
    expect(carrier["traceparent"]).toBe(`00-${span.spanContext().traceId}-${span.spanContext().spanId}-03`);
  });
});

test("a provider of somebody else's stays, and is one warning that names the fix (R-I6)", () => {
  const theirs = new TracerProvider();
  trace.setGlobalTracerProvider(theirs);
  const made = testTracing();
  const undo = register(made);
  expect(made.lines).toEqual([expect.stringContaining("create Gossamer first")]);
  trace.getTracer("x").startSpan("theirs").end();
  expect(made.written).toEqual([]);
  undo();
  expect((trace.getTracerProvider() as unknown as { getDelegate(): unknown }).getDelegate()).toBe(theirs);
});

test("a whole SDK of somebody else's is one warning as well, and undoing takes nothing of it away (R-I6)", () => {
  trace.setGlobalTracerProvider(new TracerProvider());
  const theirs = testTracing().contexts;
  context.setGlobalContextManager(theirs);
  const made = testTracing();
  const undo = register(made);
  expect(made.lines).toHaveLength(1);
  undo();
  const active = theirs.active();
  theirs.with(active.setValue(Symbol.for("x"), 1), () => expect(context.active().getValue(Symbol.for("x"))).toBe(1));
});

test("a foreign context manager alone is one warning too (R-I6)", () => {
  context.setGlobalContextManager(testTracing().contexts);
  const made = testTracing();
  register(made);
  expect(made.lines).toEqual([expect.stringContaining("context manager")]);
});

test("undone, the API is free for the next engine, and new tracers are silent in between (R-I10)", () => {
  const first = testTracing();
  register(first)();
  trace.getTracer("x").startSpan("in between").end();
  required.trace.getTracer("x").startSpan("in between").end();
  const second = testTracing();
  register(second);
  trace.getTracer("x").startSpan("second").end();
  required.trace.getTracer("x").startSpan("second").end();
  expect(first.written).toEqual([]);
  expect(second.written).toHaveLength(2);
  expect(second.lines).toEqual([]);
});

test.each([
  ["nothing", {}],
  ["getters that have no value yet", Object.defineProperty({}, "trace", { get: () => void 0 })],
  [
    "getters that throw until it has run",
    Object.defineProperty({}, "trace", {
      get() {
        throw new ReferenceError("Cannot access 'trace' before initialization");
      },
    }),
  ],
  ["no object", undefined],
])("a module of the API that is being loaded, with %s, is left to find the global provider (A1)", (_what, exports) => {
  const { cache, resolve } = createRequire(import.meta.url);
  const entry = cache[resolve("@opentelemetry/api")]!;
  const whole: unknown = entry.exports;
  entry.exports = exports;
  try {
    const made = testTracing();
    register(made);
    trace.getTracer("x").startSpan("a span").end();
    required.trace.getTracer("x").startSpan("another").end();
    expect(made.written.map(({ name }) => name)).toEqual(["a span", "another"]);
  } finally {
    entry.exports = whole;
  }
});

test("counters of either copy of the API count for us, and for nobody once we are gone (R-M3)", () => {
  const made = testTracing();
  const { metrics: counted } = testMetrics();
  const undo = register(made, "auto", counted.meterProvider);
  for (const api of [{ metrics }, required]) api.metrics.getMeter("shop").createCounter("orders").add(2);
  undo();
  for (const api of [{ metrics }, required]) api.metrics.getMeter("shop").createCounter("orders").add(2);
  expect(countsOf(counted, "orders")).toEqual([[{}, 4]]);
});

test("a provider of metrics that was first stays, with one line, and yields to register: always (R-I6, R-M3)", () => {
  const theirs = new SdkMeterProvider();
  metrics.setGlobalMeterProvider(theirs);
  const made = testTracing();
  const undo = register(made);
  expect(metrics.getMeterProvider()).toBe(theirs);
  expect(made.lines.filter((line) => line.includes("metrics provider was registered first"))).toHaveLength(1);
  undo();
  expect(metrics.getMeterProvider()).toBe(theirs);
  const taken = testMetrics().metrics.meterProvider;
  const undoTaken = register(made, "always", taken);
  expect(metrics.getMeterProvider()).toBe(taken);
  undoTaken();
});
