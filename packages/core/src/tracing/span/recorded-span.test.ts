import { type Link, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { describe, expect, test } from "vitest";
import { testTracing, type TestTracingSettings } from "../../testing/test-tracing.ts";

const target = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: TraceFlags.SAMPLED,
};

/** One span, ended, as it left. */
function ended(use: (span: Span) => void, settings: TestTracingSettings = {}) {
  const { tracer, written } = testTracing(settings);
  const span = tracer.startSpan("work");
  use(span);
  span.end();
  const [data] = written;
  if (data === undefined) throw new Error("The span did not leave.");
  return data;
}

describe("status", () => {
  test("a description is kept for an error alone (R-I2)", () => {
    const failed = ended((span) => span.setStatus({ code: SpanStatusCode.ERROR, message: "no stock" }));
    expect([failed.statusCode, failed.statusMessage]).toEqual([2, "no stock"]);
    const fine = ended((span) => span.setStatus({ code: SpanStatusCode.OK, message: "all good" }));
    expect([fine.statusCode, fine.statusMessage]).toEqual([1, ""]);
  });

  test("unset changes nothing (R-I2)", () => {
    const span = ended((one) =>
      one.setStatus({ code: SpanStatusCode.ERROR, message: "no" }).setStatus({ code: SpanStatusCode.UNSET }),
    );
    expect([span.statusCode, span.statusMessage]).toEqual([2, "no"]);
  });

  test("ok is final, and wins over an earlier error (R-I2)", () => {
    const span = ended((one) =>
      one
        .setStatus({ code: SpanStatusCode.ERROR, message: "no" })
        .setStatus({ code: SpanStatusCode.OK })
        .setStatus({ code: SpanStatusCode.ERROR, message: "late" }),
    );
    expect([span.statusCode, span.statusMessage]).toEqual([1, ""]);
  });

  test("the last error tells (R-I2)", () => {
    const span = ended((one) =>
      one
        .setStatus({ code: SpanStatusCode.ERROR, message: "a" })
        .setStatus({ code: SpanStatusCode.ERROR, message: "b" }),
    );
    expect(span.statusMessage).toBe("b");
  });

  test("what is no status is ignored (R-I2)", () => {
    for (const odd of [null, undefined, 2, "error", {}, { code: 3 }, { code: "2" }]) {
      expect(ended((span) => span.setStatus(odd as never)).statusCode).toBe(0);
    }
  });
});

describe("attributes", () => {
  test("keys and values that OpenTelemetry does not allow are dropped and counted (R-L1)", () => {
    const span = ended((one) => {
      one.setAttribute(7 as never, "x");
      one.setAttribute("", "x");
      one.setAttribute("object", {} as never);
      one.setAttribute("bigint", 1n as never);
      one.setAttribute("mixed", ["a", 1] as never);
      one.setAttribute("gone", undefined as never);
      one.setAttributes({ kept: true, nothing: undefined });
      one.setAttributes(null as never);
    });
    expect(span.attributes).toEqual(["kept", true]);
    expect(span.droppedAttributesCount).toBe(5);
  });

  test("a getter of the caller's that throws does not reach the caller (R-I3)", () => {
    const span = ended((one) => {
      one.setAttributes({
        get broken(): string {
          throw new Error("getter");
        },
      });
    });
    expect([span.attributes, span.droppedAttributesCount]).toEqual([[], 1]);
  });

  test("limits on number and length hold, and the span says what it lost (R-L1)", () => {
    const span = ended((one) => one.setAttributes({ a: "123456789", b: ["123456789", "1"], c: 1, d: 2 }), {
      limits: { attributes: 3, valueLength: 6 },
    });
    expect(span.attributes).toEqual(["a", "123...", "b", ["123...", "1"], "c", 1]);
    expect(span.droppedAttributesCount).toBe(1);
  });

  test("those given at the start are on it (R-I2)", () => {
    const { tracer, written } = testTracing();
    tracer.startSpan("work", { attributes: { a: 1 }, kind: SpanKind.CLIENT }).end();
    expect(written[0]).toMatchObject({ attributes: ["a", 1], kind: 2 });
  });

  test("a kind that is none is internal, so that the bytes stay readable (R-I2)", () => {
    for (const kind of [99, 127, 255, -1, "server", Number.NaN]) {
      const { tracer, written } = testTracing();
      tracer.startSpan("work", { kind: kind as never }).end();
      expect(written[0]?.kind).toBe(0);
    }
  });
});

describe("events and links", () => {
  test("an event has the moment it is given, or now (R-I2)", () => {
    const { tracer, written, clock } = testTracing();
    const span = tracer.startSpan("work");
    clock.wait(5);
    span.addEvent("now").addEvent("then", { a: 1 }, clock.epochMs(3)).addEvent("time alone", clock.epochMs(4));
    span.addEvent("undefined attributes", undefined, clock.epochMs(2));
    span.end();
    expect(written[0]?.events?.map(({ name, timeMs, attributes }) => [name, Math.round(timeMs), attributes])).toEqual([
      ["now", 5, []],
      ["then", 3, ["a", 1]],
      ["time alone", 4, []],
      ["undefined attributes", 2, []],
    ]);
  });

  test("of too many events the last stay, because they say how it ended (R-L1)", () => {
    const span = ended(
      (one) => {
        for (let i = 0; i < 5; i++) one.addEvent(`e${i}`, { a: 1, b: 2, c: 3 });
      },
      { limits: { events: 2, eventAttributes: 2 } },
    );
    expect(span.events?.map(({ name }) => name)).toEqual(["e3", "e4"]);
    expect(span.events?.[0]?.droppedAttributesCount).toBe(1);
    expect(span.droppedEventsCount).toBe(3);
  });

  test("a link keeps where it points, and says whether that is another process (R-I2)", () => {
    const span = ended((one) =>
      one
        .addLink({ context: target, attributes: { why: "batch" } })
        .addLinks([{ context: { ...target, isRemote: true }, droppedAttributesCount: 3 }]),
    );
    expect(span.links).toEqual([
      { ...ids, flags: 1 | 256, attributes: ["why", "batch"], droppedAttributesCount: 0 },
      { ...ids, flags: 1 | 256 | 512, attributes: [], droppedAttributesCount: 3 },
    ]);
  });

  test("a link that points nowhere is ignored (R-I2)", () => {
    const nowhere = { ...target, traceId: "0".repeat(32) };
    const span = ended((one) => {
      for (const link of [undefined, null, {}, { context: null }, { context: nowhere }])
        one.addLink(link as never as Link);
      one.addLinks(undefined as never);
    });
    expect(span.links ?? []).toEqual([]);
  });

  test("links beyond the limit are dropped and counted, those given at the start included (R-L1)", () => {
    const { tracer, written } = testTracing({ limits: { links: 2 } });
    const span = tracer.startSpan("work", { links: [{ context: target }, { context: target }, { context: target }] });
    span.addLink({ context: target });
    span.end();
    expect([written[0]?.links?.length, written[0]?.droppedLinksCount]).toEqual([2, 2]);
  });
});

const ids = { traceId: target.traceId, spanId: target.spanId, traceState: "" };

describe("exceptions", () => {
  test("an error is an event with type, message and stack (R-G7)", () => {
    const error = new RangeError("too far");
    const [event] = ended((span) => span.recordException(error)).events ?? [];
    expect(event?.name).toBe("exception");
    expect(pairs(event?.attributes)).toEqual({
      "exception.type": "RangeError",
      "exception.message": "too far",
      "exception.stacktrace": expect.stringContaining("RangeError: too far"),
    });
  });

  test("the same error twice is one event, another one is a second (R-G7)", () => {
    const error = new Error("once");
    const span = ended((one) => {
      one.recordException(error);
      one.recordException(error);
      one.recordException(new Error("once"));
    });
    expect(span.events).toHaveLength(2);
  });

  test.for<[string, unknown, Record<string, unknown>]>([
    ["null", null, { "exception.message": "null" }],
    ["undefined", undefined, { "exception.message": "undefined" }],
    ["a text", "plain", { "exception.message": "plain" }],
    ["a number", 42, { "exception.message": "42" }],
    ["a symbol", Symbol("s"), { "exception.message": "Symbol(s)" }],
    ["a bare object", Object.create(null), { "exception.type": "Error" }],
    ["an object with a message", { message: "m", name: 7 }, { "exception.type": "Object", "exception.message": "m" }],
    [
      "an error of the service's own class",
      new (class OutOfStock extends Error {})("none"),
      { "exception.type": "OutOfStock", "exception.message": "none", "exception.stacktrace": expect.any(String) },
    ],
    ["getters that throw", throwing(), { "exception.type": "Error" }],
  ])("whatever is thrown is told and nothing is thrown at the handler: %s (R-G7)", ([, thrown, expected]) => {
    const [event] = ended((span) => span.recordException(thrown as Error)).events ?? [];
    expect(pairs(event?.attributes)).toEqual(expected);
  });

  test("it does not make the span an error: that is said by its status (R-G7)", () => {
    expect(ended((span) => span.recordException(new Error("handled"))).statusCode).toBe(0);
  });
});

describe("the end", () => {
  test("ends once, and what is set afterwards is ignored (R-I2)", () => {
    const { tracer, written, clock } = testTracing();
    const span = tracer.startSpan("work");
    clock.wait(3);
    expect(span.isRecording()).toBe(true);
    span.end();
    expect(span.isRecording()).toBe(false);
    clock.wait(4);
    span.end();
    span.setAttribute("late", 1).setAttributes({ later: 2 }).addEvent("late").addLink({ context: target });
    span.setStatus({ code: SpanStatusCode.ERROR }).updateName("late");
    span.recordException(new Error("late"));
    expect(written).toHaveLength(1);
    expect(written[0]).toMatchObject({
      name: "work",
      startMs: 0,
      endMs: 3,
      attributes: [],
      events: undefined,
      links: undefined,
      statusCode: 0,
    });
  });

  test("an end before the start is the start (R-I2)", () => {
    const { tracer, written, clock } = testTracing();
    clock.wait(100);
    tracer.startSpan("work").end(clock.epochMs(40));
    expect(written[0]).toMatchObject({ startMs: 100, endMs: 100 });
  });

  test("the name it has at its end counts, and any name is text (R-I2)", () => {
    expect(ended((span) => span.updateName("a").updateName(7 as never)).name).toBe("7");
  });
});

describe("ids", () => {
  test("a span has one context, which stays the same object, and says that it is sampled and random (R-S1)", () => {
    const { tracer } = testTracing();
    const span = tracer.startSpan("work");
    const context = span.spanContext();
    expect(context).toEqual({
      traceId: expect.stringMatching(/^[\da-f]{32}$/),
      spanId: expect.stringMatching(/^[\da-f]{16}$/),
      traceFlags: 3,
    });
    expect(span.spanContext()).toBe(context);
  });

  test("a threshold that alone decided is in the trace state, for whoever is called and for the backend (R-S1)", () => {
    const decide = () => ({ sampled: true, reason: "ratio", ratio: 0.5, threshold: "8" });
    const { tracer, written } = testTracing({ decide });
    const span = tracer.startSpan("work", {}, ROOT_CONTEXT);
    expect(span.spanContext().traceState?.serialize()).toBe("ot=th:8");
    span.end();
    expect(written[0]?.traceState).toBe("ot=th:8");
  });
});

function pairs(list: readonly unknown[] | undefined): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (let i = 0; i < (list?.length ?? 0); i += 2) result[String(list?.[i])] = list?.[i + 1];
  return result;
}

function throwing(): object {
  const fail = (): never => {
    throw new Error("getter");
  };
  return Object.defineProperties(
    {},
    { name: { get: fail }, message: { get: fail }, stack: { get: fail }, constructor: { get: fail } },
  );
}
