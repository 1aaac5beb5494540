import {
  defaultTextMapSetter,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  trace as traceApi,
  TraceFlags,
} from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import type { SamplingFacts } from "../model/sampling/sampler.ts";
import { TokenBucket } from "../sampling/threshold/token-bucket.ts";
import { testTracing } from "../testing/test-tracing.ts";
import { suppressTracingKey } from "./context/context-keys.ts";
import { traceContextPropagator } from "./propagation/trace-context-propagator.ts";
import { parseTraceState } from "./propagation/trace-state.ts";

const remote: SpanContext = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: TraceFlags.SAMPLED | 2,
  isRemote: true,
};
const never = () => ({ sampled: false, reason: "always-off" });
const followParent = (facts: SamplingFacts) => ({ sampled: facts.parent?.sampled === true, reason: "parent" });

describe("parents", () => {
  test("a span started inside another is its child (R-I2)", () => {
    const { tracer } = testTracing();
    tracer.startActiveSpan("outer", (outer) => {
      const inner = tracer.startSpan("inner");
      expect(inner.spanContext().traceId).toBe(outer.spanContext().traceId);
      expect(parentId(inner)).toBe(outer.spanContext().spanId);
    });
  });

  test("an explicit context names the parent (R-I8)", () => {
    const { tracer } = testTracing();
    const outer = tracer.startSpan("outer");
    const inner = tracer.startSpan("inner", {}, traceApi.setSpan(ROOT_CONTEXT, outer));
    expect(parentId(inner)).toBe(outer.spanContext().spanId);
  });

  test("options.root begins a new trace inside another (R-I2)", () => {
    const { tracer } = testTracing();
    tracer.startActiveSpan("outer", (outer) => {
      const root = tracer.startSpan("root", { root: true });
      expect(root.spanContext().traceId).not.toBe(outer.spanContext().traceId);
      expect(parentId(root)).toBe("0000000000000000");
    });
  });

  test("a span of another process goes on here, and is told apart as remote (R-S2)", () => {
    const { tracer, written } = testTracing({ decide: followParent });
    const span = tracer.startSpan("job", {}, traceApi.setSpanContext(ROOT_CONTEXT, remote));
    span.end();
    expect(span.spanContext()).toMatchObject({ traceId: remote.traceId, traceFlags: 3 });
    expect(parentId(span)).toBe(remote.spanId);
    expect(written[0]?.flags).toBe(3 | 512);
  });

  test("the random flag of a caller is passed on as it came (R-S1)", () => {
    const { tracer } = testTracing();
    const old = { ...remote, traceFlags: TraceFlags.SAMPLED };
    const span = tracer.startSpan("job", {}, traceApi.setSpanContext(ROOT_CONTEXT, old));
    expect(span.spanContext().traceFlags).toBe(1);
  });

  test("the sampler sees R of the caller's trace state, and its members go on (R-S1)", () => {
    const seen: unknown[] = [];
    const { tracer } = testTracing({
      decide: (facts) => {
        seen.push([facts.randomHigh, facts.randomLow, facts.parent]);
        return { sampled: true, reason: "parent" };
      },
    });
    const traceState = parseTraceState("ot=th:4;rv:123456789abcde,vendor=x");
    const span = tracer.startSpan(
      "job",
      {},
      traceApi.setSpanContext(ROOT_CONTEXT, { ...remote, traceState: traceState! }),
    );
    expect(seen).toEqual([[0x12_3456, 0x789a_bcde, { sampled: true, remote: true, threshold: "4" }]]);
    expect(span.spanContext().traceState?.serialize()).toBe("ot=rv:123456789abcde,vendor=x");
  });

  test("an invalid parent is none (R-I2)", () => {
    const { tracer } = testTracing();
    const span = tracer.startSpan("job", {}, traceApi.setSpanContext(ROOT_CONTEXT, INVALID_SPAN_CONTEXT));
    expect(traceApi.isSpanContextValid(span.spanContext())).toBe(true);
    expect(parentId(span)).toBe("0000000000000000");
  });

  test("export traffic makes no spans: a suppressed context gives one that is none (R-I5)", () => {
    const { tracer, written } = testTracing();
    const context = traceApi.setSpan(ROOT_CONTEXT, tracer.startSpan("outer")).setValue(suppressTracingKey, true);
    const span = tracer.startSpan("inner", {}, context);
    span.end();
    expect(span.isRecording()).toBe(false);
    expect(traceApi.isSpanContextValid(span.spanContext())).toBe(false);
    expect(written).toEqual([]);
  });
});

describe("startActiveSpan", () => {
  test("takes its function alone, behind options, and behind a context; gives back what that gives (R-I2)", () => {
    const { tracer, contexts } = testTracing();
    const context = traceApi.setSpanContext(ROOT_CONTEXT, remote);
    const active = (span: Span): boolean => traceApi.getSpan(contexts.active()) === span;
    expect(tracer.startActiveSpan("a", active)).toBe(true);
    expect(tracer.startActiveSpan("a", { attributes: {} }, active)).toBe(true);
    expect(tracer.startActiveSpan("a", {}, context, (span) => [active(span), parentId(span)])).toEqual([
      true,
      remote.spanId,
    ]);
    expect(contexts.active()).toBe(ROOT_CONTEXT);
  });

  test("leaves ending to its function, and passes on what that throws (R-I2)", () => {
    const { tracer, written, contexts } = testTracing();
    const error = new Error("thrown");
    expect(() =>
      tracer.startActiveSpan("a", () => {
        throw error;
      }),
    ).toThrow(error);
    expect(contexts.active()).toBe(ROOT_CONTEXT);
    expect(written).toEqual([]);
  });

  test("ten thousand spans nested over awaits neither overflow nor lose their parents (R-I2)", async () => {
    const { tracer, written } = testTracing({ maxSpansPerRequest: 20_000, maxLiveSpans: 20_000 });
    async function nest(depth: number): Promise<void> {
      await Promise.resolve();
      await tracer.startActiveSpan("level", async (span) => {
        if (depth > 1) await nest(depth - 1);
        span.end();
      });
    }
    await nest(10_000);
    expect(written).toHaveLength(10_000);
    for (let i = 1; i < written.length; i++) {
      expect(written[i - 1]!.p1 === written[i]!.s1 && written[i - 1]!.p0 === written[i]!.s0).toBe(true);
    }
  });
});

describe("what is not sampled", () => {
  test("has one shared span that carries valid ids on and keeps nothing (R-S12)", () => {
    const { tracer, written, tracing } = testTracing({ decide: never });
    tracer.startActiveSpan("root", (root) => {
      const ids = { ...root.spanContext() };
      expect(traceApi.isSpanContextValid(ids)).toBe(true);
      expect(ids.traceFlags & TraceFlags.SAMPLED).toBe(0);
      tracer.startActiveSpan("child", (child) => {
        expect(child).toBe(root);
        expect(tracer.startSpan("grandchild")).toBe(root);
      });
      expect(root.isRecording()).toBe(false);
      root.setAttribute("a", 1).setAttributes({}).addEvent("e").addLink({ context: remote }).addLinks([]);
      root.setStatus({ code: 2 }).updateName("x");
      root.recordException(new Error("e"));
      root.end();
      expect({ ...root.spanContext() }).toEqual(ids);
    });
    expect(written).toEqual([]);
    expect([tracing.started, tracing.live.size]).toEqual([0, 0]);
  });

  test("keeps the caller's trace id and tells those it calls that it is not sampled (R-S2)", () => {
    const { tracer } = testTracing({ decide: followParent });
    const context = traceApi.setSpanContext(ROOT_CONTEXT, { ...remote, traceFlags: 2 });
    const span = tracer.startSpan("job", {}, context);
    expect(span.spanContext()).toMatchObject({ traceId: remote.traceId, traceFlags: 2 });
    expect(span.spanContext().spanId).not.toBe(remote.spanId);
  });
});

describe("bounds", () => {
  test("a trace holds at most maxSpansPerRequest child spans; what exceeds is counted and still carries the ids (R-I9)", () => {
    const { tracer, written, drops } = testTracing({ maxSpansPerRequest: 3 });
    tracer.startActiveSpan("root", (root) => {
      for (let i = 0; i < 5; i++) {
        const child = tracer.startSpan(`child ${i}`);
        expect(child.spanContext().traceId).toBe(root.spanContext().traceId);
        expect(child.isRecording()).toBe(i < 3);
        child.end();
      }
      root.end();
    });
    expect(written.map(({ name }) => name)).toEqual(["child 0", "child 1", "child 2", "root"]);
    expect(drops.snapshot()).toEqual({ "trace-full": 2 });
  });

  test("a limit of spans a second holds over all traces, and is counted (R-S19)", () => {
    const { tracer, written, drops } = testTracing({ spanLimit: new TokenBucket(2) });
    for (let i = 0; i < 3; i++) {
      tracer.startActiveSpan("root", (root) => {
        tracer.startSpan("child").end();
        root.end();
      });
    }
    expect(written.filter(({ name }) => name === "child")).toHaveLength(2);
    expect(drops.snapshot()).toEqual({ "span-limit": 1 });
  });

  test("tracers are shared by name, version and schema, and made-up names do not fill the memory (R-I9)", () => {
    const { provider } = testTracing();
    expect(provider.getTracer("pg", "8")).toBe(provider.getTracer("pg", "8"));
    expect(provider.getTracer("pg", "8")).not.toBe(provider.getTracer("pg", "9"));
    expect(provider.getTracer("pg", "8", { schemaUrl: "u" })).not.toBe(provider.getTracer("pg", "8"));
    for (let i = 0; i < 1_100; i++) provider.getTracer(`made up ${i}`);
    expect(provider.getTracer("made up 1099")).not.toBe(provider.getTracer("made up 1099"));
    provider
      .getTracer(undefined as never, null as never)
      .startSpan("nameless")
      .end();
  });
});

function parentId(span: Span): string {
  const { p0, p1 } = span as unknown as { p0: number; p1: number };
  return [p0, p1].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}

test("a tracer whose name, version or schema is no text has none, and one that throws when asked is made all the same (B8)", () => {
  const { provider, written } = testTracing();
  const throwing = {
    get schemaUrl(): string {
      throw new Error("asked");
    },
  };
  for (const options of [{ schemaUrl: null }, { schemaUrl: 7 }, null, throwing]) {
    provider
      .getTracer(null as unknown as string, {} as string, options as never)
      .startSpan("work")
      .end();
  }
  for (const { scope } of written) expect(scope).toEqual({ name: "", version: "", schemaUrl: undefined });
  expect(written).toHaveLength(4);
});

test("a parent that is no whole span, or whose tracestate is none, throws into nobody (A15)", () => {
  const { tracer, written, contexts } = testTracing();
  const valid = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };
  const throws = (): never => {
    throw new Error("no");
  };
  const states: unknown[] = [{}, null, "a=1", 7, { serialize: throws }, { serialize: () => 7 }];
  for (const traceState of states) {
    const parent = traceApi.setSpanContext(ROOT_CONTEXT, { ...valid, traceState: traceState as never });
    tracer.startSpan("below", {}, parent).end();
    const carrier: Record<string, string> = {};
    traceContextPropagator.inject(parent, carrier, defaultTextMapSetter);
    expect(carrier["traceparent"]).toContain(valid.traceId);
  }
  expect(written.map(({ t0 }) => t0 >>> 0)).toEqual(states.map(() => 0x0af76519));
  for (const span of [{}, { spanContext: throws }, { spanContext: () => null }])
    tracer.startSpan("root", {}, traceApi.setSpan(ROOT_CONTEXT, span as unknown as Span)).end();
  expect(written).toHaveLength(states.length + 3);
  expect(contexts.active()).toBe(ROOT_CONTEXT);
});
