import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter } from "node:events";
import {
  type Context,
  context,
  type Link,
  propagation,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  type SpanStatus,
  trace,
} from "@opentelemetry/api";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { Exchange } from "../exchange/exchange.ts";
import { fakeReader, type FakeRequest } from "../testing/test-exchange.ts";
import { AsyncContextManager } from "../tracing/context/async-context-manager.ts";
import { spanKey, suppressTracingKey } from "../tracing/context/context-keys.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import type { TelemetryEngine } from "./telemetry.ts";

const numRuns = Number(process.env["GOSSAMER_FUZZ_RUNS"] ?? 300);

const ids = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const thrower = (): never => {
  throw new Error("do not look");
};
const shy = new Proxy(
  {},
  { get: thrower, has: thrower, ownKeys: thrower, getPrototypeOf: thrower, getOwnPropertyDescriptor: thrower },
);
/** Shows its name and message, and throws at whoever asks for its class. */
const classless = new Proxy(new Error("classless"), { getPrototypeOf: thrower });

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable(() => {}, {});
  revoke();
  return proxy;
}

const nothings: readonly unknown[] = [
  undefined,
  null,
  0,
  Number.NaN,
  10n,
  "text",
  Symbol("odd"),
  true,
  {},
  [],
  Object.create(null),
  () => {},
  shy,
  classless,
  revoked(),
  new Date(Number.NaN),
];

const oddStates: readonly unknown[] = [
  ...nothings,
  { serialize: thrower },
  { serialize: () => 7 },
  { serialize: () => "ot=th:8\r\nx: y" },
  { serialize: () => "=".repeat(5_000) },
  { get: thrower, set: thrower, unset: thrower },
];

const spanContexts: readonly unknown[] = [
  ...nothings,
  ids,
  { ...ids, traceFlags: "1" },
  { ...ids, traceFlags: Symbol("flags") },
  { ...ids, traceFlags: Number.NaN, isRemote: "yes" },
  { traceId: 5, spanId: {} },
  { traceId: "x".repeat(32), spanId: "y".repeat(16), traceFlags: 1 },
  { traceId: shy, spanId: shy, traceFlags: 1 },
  {
    get traceId() {
      return thrower();
    },
  },
  ...oddStates.map((traceState) => ({ ...ids, traceFlags: 1, traceState })),
];

const spans: readonly unknown[] = [
  ...nothings,
  { spanContext: thrower },
  { spanContext: thrower, isRecording: thrower, kind: 1 },
  { kind: 1, isRecording: () => true, spanContext: () => ({ ...ids, traceFlags: 1 }) },
  ...spanContexts.map((spanContext) => ({ spanContext: () => spanContext })),
];

const contexts: readonly unknown[] = [
  ...nothings,
  { getValue: thrower, setValue: thrower, deleteValue: thrower },
  { getValue: () => 7, setValue: () => 7, deleteValue: () => 7 },
  { getValue: () => shy, setValue: () => shy, deleteValue: () => shy },
  { getValue: (key: symbol) => (key === spanKey ? shy : undefined), setValue: thrower },
  ROOT_CONTEXT.setValue(suppressTracingKey, true),
  ...spans.map((span) => ROOT_CONTEXT.setValue(spanKey, span)),
];

const optionParts: readonly unknown[] = [
  ...nothings,
  [shy],
  [{ context: shy }, { context: ids, attributes: shy }],
  spanContexts.map((spanContext) => ({ context: spanContext })),
  { a: shy, b: Symbol("b"), c: 10n, d: [[]], e: [shy] },
  {
    get a() {
      return thrower();
    },
  },
  { length: 3, 0: "a" },
  Array.from({ length: 5_000 }, () => ({ context: { ...ids, traceFlags: 1 } })),
];

type Hidden<T> = () => T;

/** Hidden in a function: fast-check itself cannot look at some of these. */
function oneOf<T>(values: readonly unknown[]): fc.Arbitrary<Hidden<T>> {
  return fc.nat(values.length - 1).map((i) => () => values[i] as T);
}

const anyContext = oneOf<Context>(contexts);
const anySpan = oneOf<Span>(spans);
const anything = oneOf<never>([...nothings, ...oddStates, ...optionParts]);
const anyOptions: fc.Arbitrary<Hidden<SpanOptions>> = fc.oneof(
  oneOf<SpanOptions>(nothings),
  fc
    .record(
      { kind: anything, attributes: anything, links: anything, startTime: anything, root: anything },
      { requiredKeys: [] },
    )
    .map((parts) => () => Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, value()]))),
  fc
    .constantFrom("attributes", "links", "startTime", "root", "kind")
    .map((name) => () => Object.defineProperty({}, name, { enumerable: true, get: thrower }) as SpanOptions),
);
const anyStatus: fc.Arbitrary<Hidden<SpanStatus>> = fc.oneof(
  anything,
  fc.tuple(anything, anything).map(([code, message]) => () => ({ code: code(), message: message() })),
  fc.constant(() => Object.defineProperty({}, "code", { get: thrower }) as SpanStatus),
);
const anyLink: fc.Arbitrary<Hidden<Link>> = fc.oneof(
  anything,
  fc.tuple(oneOf<never>(spanContexts), anything).map(([target, attributes]) => () => ({
    context: target(),
    attributes: attributes(),
  })),
);

/** A copy of options, for a test to put its own beside; nothing of those that cannot be copied. */
function readable(options: SpanOptions): SpanOptions {
  try {
    return { ...options };
  } catch {
    return {};
  }
}

/** What a function throws, which may be anything. */
function thrownBy(fn: () => unknown): { readonly thrown: unknown } | undefined {
  try {
    fn();
    return undefined;
  } catch (thrown) {
    return { thrown };
  }
}

let theirs = new InMemorySpanExporter();

function startSdk(): void {
  trace.setGlobalTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter: theirs })] }),
  );
  context.setGlobalContextManager(new AsyncContextManager(new AsyncLocalStorage()));
}

function engine(): TelemetryEngine {
  return createTelemetry({ sampleRatio: 1, exporter: "none", diagnostics: "none", shutdown: { signals: false } });
}

function begin(telemetry: TelemetryEngine, request: FakeRequest = {}): Exchange {
  return telemetry.begin(request, fakeReader) as Exchange;
}

/** What a handler asks of the engine, wherever it runs. */
function useAll(telemetry: TelemetryEngine): void {
  telemetry.annotate({ a: 1 });
  telemetry.current();
  telemetry.traceId();
  expect(telemetry.span("step", () => 7)).toBe(7);
  expect(telemetry.bind(() => 7)()).toBe(7);
  const span = telemetry.tracer.startSpan("by hand");
  telemetry.logging.identify(span);
  span.end();
  telemetry.propagator.inject(context.active(), {}, { set() {} });
}

function doAll(
  span: Span,
  { value, status, link }: { value: () => never; status: () => SpanStatus; link: () => Link },
): void {
  span.setAttribute(value(), value());
  span.setAttributes(value());
  span.addEvent(value(), value(), value());
  span.addLink(link());
  span.addLinks([link(), link()]);
  span.addLinks(value());
  span.setStatus(status());
  span.updateName(value());
  span.recordException(value(), value());
  span.recordException(classless as never);
  span.isRecording();
  span.end(value());
}

afterEach(async () => {
  await resetTelemetry();
  for (const api of [trace, context, propagation]) api.disable();
  theirs = new InMemorySpanExporter();
});

describe.each([
  ["our own provider", () => {}],
  ["the provider of another SDK", startSdk],
])("whatever a handler gives to %s", (_name, before) => {
  test("as a context, nothing throws, and what was to run runs once, in a request and outside of one (A15)", () => {
    before();
    const telemetry = engine();
    const exchange = begin(telemetry);
    const { tracer } = telemetry;
    fc.assert(
      fc.property(anyContext, anyOptions, fc.boolean(), (odd, options, inside) => {
        const all = (): void => {
          tracer.startSpan("odd", options(), odd()).end();
          expect(tracer.startActiveSpan("odd", options(), odd(), () => 7)).toBe(7);
          expect(tracer.startActiveSpan("odd", options(), () => 7)).toBe(7);
          telemetry.propagator.inject(odd(), {}, { set() {} });
          telemetry.propagator.extract(
            odd(),
            { traceparent: `00-${ids.traceId}-${ids.spanId}-01` },
            {
              get: (carrier, key) => (carrier as Record<string, string>)[key],
              keys: () => [],
            },
          );
          useAll(telemetry);
        };
        if (inside) exchange.run(all);
        else all();
      }),
      { numRuns },
    );
    exchange.end({ statusCode: 200, completed: true });
  });

  test("as a parent or as attributes of a step, nothing throws and the step runs (A15)", () => {
    before();
    const telemetry = engine();
    const exchange = begin(telemetry);
    fc.assert(
      fc.property(anySpan, anyOptions, fc.boolean(), (parent, options, inside) => {
        const all = (): void => {
          const given = options();
          const spread = readable(given);
          expect(telemetry.span("step", { ...spread, parent: parent() }, () => 7)).toBe(7);
          expect(telemetry.span("step", given, () => 7)).toBe(7);
          telemetry.annotate(given as never);
          telemetry.annotate(() => given as never);
        };
        if (inside) exchange.run(all);
        else all();
      }),
      { numRuns },
    );
  });

  test("on a span: attributes, events, links, status, name, exception, times (A15)", async () => {
    before();
    const telemetry = engine();
    const exchange = begin(telemetry);
    fc.assert(
      fc.property(anything, anyStatus, anyLink, (value, status, link) => {
        exchange.run(() => {
          telemetry.annotate(value());
          exchange.failed(value());
          const thrown: unknown = value();
          const caught = thrownBy(() =>
            telemetry.span("fails", () => {
              throw thrown;
            }),
          );
          expect(Object.is(caught?.thrown, thrown)).toBe(true);
        });
        const outer = begin(telemetry);
        outer.failed(value());
        outer.end({ statusCode: 500, completed: true });
        if (before === startSdk) return;
        doAll(telemetry.tracer.startSpan("odd"), { value, status, link });
        exchange.run(() => doAll(trace.getActiveSpan()!, { value, status, link }));
      }),
      { numRuns },
    );
    exchange.end({ statusCode: 500, completed: true });
    await telemetry.flush();
    expect(telemetry.status().faults["end"]).toBeUndefined();
  });
});

describe("with our own provider", () => {
  test("`bind` gives back, counted, what does not let itself be looked at (A15)", () => {
    const telemetry = engine();
    const sealed = new Proxy(new EventEmitter(), { defineProperty: thrower });
    const lengthless = new Proxy(() => 7, { get: thrower });
    for (const odd of [shy, classless, revoked(), sealed, lengthless]) {
      expect(telemetry.bind(odd as EventEmitter)).toBe(odd);
      expect(context.bind(context.active(), odd)).toBe(odd);
    }
    expect(telemetry.status().faults["context"]).toBe(10);
  });

  test("`context.with`, `bind` and `attach` of what is no context run what they were given, and nothing inside throws (A15)", () => {
    const telemetry = engine();
    const exchange = begin(telemetry);
    const manager = new AsyncContextManager(new AsyncLocalStorage());
    fc.assert(
      fc.property(anyContext, (odd) => {
        exchange.run(() => {
          let runs = 0;
          expect(
            context.with(odd(), () => {
              runs++;
              useAll(telemetry);
              return 7;
            }),
          ).toBe(7);
          expect(
            context.bind(odd(), () => {
              runs++;
              useAll(telemetry);
              return 7;
            })(),
          ).toBe(7);
          const emitter = context.bind(odd(), new EventEmitter()).on("x", () => {
            runs++;
            useAll(telemetry);
          });
          emitter.emit("x");
          expect(runs).toBe(3);
        });
        manager.attach(odd()).dispose();
        expect(typeof manager.active().getValue).toBe("function");
      }),
      { numRuns },
    );
  });

  test.for<[string, (telemetry: TelemetryEngine) => void, string]>([
    ["a context that is none", ({ tracer }) => tracer.startSpan("odd", {}, {} as Context).end(), "span-start"],
    ["options that cannot be read", ({ tracer }) => tracer.startSpan("odd", shy as SpanOptions).end(), "span-start"],
    [
      "a status that is none",
      ({ tracer }) =>
        tracer
          .startSpan("odd")
          .setStatus(shy as SpanStatus)
          .end(),
      "span-status",
    ],
    ["a context to run in that is none", () => context.with(7 as never, () => {}), "context"],
    [
      "a context to send that is none",
      ({ propagator }) => propagator.inject({} as Context, {}, { set() {} }),
      "propagator",
    ],
    ["a function that is none", ({ tracer }) => void tracer.startActiveSpan("odd", {} as never), "span-start"],
  ])("%s is counted, and its span is not lost (A15)", async ([, act, place]) => {
    const ours = new InMemorySpanExporter();
    const telemetry = createTelemetry({
      sampleRatio: 1,
      exporter: "none",
      spanExporters: [ours],
      diagnostics: "none",
      shutdown: { signals: false },
    });
    act(telemetry);
    await telemetry.flush();
    expect(telemetry.status().faults).toEqual({ [place]: 1 });
    expect(ours.getFinishedSpans()).toHaveLength(act.toString().includes("startSpan") ? 1 : 0);
  });

  test("links, attributes and events that are none are counted on their span (A15)", async () => {
    const ours = new InMemorySpanExporter();
    const telemetry = createTelemetry({
      sampleRatio: 1,
      exporter: "none",
      spanExporters: [ours],
      diagnostics: "none",
      shutdown: { signals: false },
    });
    const span = telemetry.tracer.startSpan("odd", { links: 7 as never, attributes: "x" as never });
    span.addLink({ context: { traceId: "7", spanId: "8", traceFlags: 1 } });
    span.addLink(shy as Link);
    span.setAttributes(7 as never);
    span.addEvent("odd", shy as never);
    span.end();
    await telemetry.flush();
    const [sent] = ours.getFinishedSpans();
    expect(sent).toMatchObject({ droppedLinksCount: 3, droppedAttributesCount: 2 });
    expect(sent!.events.length + sent!.droppedEventsCount).toBe(1);
  });
});
