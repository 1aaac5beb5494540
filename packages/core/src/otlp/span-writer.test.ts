import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AttributeList, AttributeValue } from "../model/attributes.ts";
import { spanKind, statusCode } from "../model/span-data.ts";
import { throughTheWire } from "../testing/span-data.ts";

describe("a span on the wire, read with the published schema", () => {
  test("carries ids, parent, trace state and flags bit by bit (R-P12)", () => {
    const span = throughTheWire({ p0: 0x0000_00ff, p1: -2, traceState: "ot=th:8,vendor=x", flags: 3 | 512 });
    expect(span).toMatchObject({
      traceId: "0123456789abcdef00000001ffffffff",
      spanId: "7fffffff80000000",
      parentSpanId: "000000fffffffffe",
      traceState: "ot=th:8,vendor=x",
      flags: 3 | 256 | 512,
    });
  });

  test("has no parent when it is a root, and has one whose half is zero (R-P12)", () => {
    expect(throughTheWire({ p0: 0, p1: 0 }).parentSpanId).toBe("");
    expect(throughTheWire({ p0: 0, p1: 1 }).parentSpanId).toBe("0000000000000001");
    expect(throughTheWire({ p0: 1, p1: 0 }).parentSpanId).toBe("0000000100000000");
  });

  test.for(Object.entries(spanKind))("of kind %s counts as OTLP does, one higher (R-P12)", ([, kind]) => {
    expect(throughTheWire({ kind }).kind).toBe(kind + 1);
  });

  test("keeps a trace state longer than any text that is remembered (R-P12)", () => {
    const traceState = `vendor=${"x".repeat(200)}`;
    expect(throughTheWire({ traceState }).traceState).toBe(traceState);
  });

  test("tells its times in nanoseconds, exact to the number they were measured in (R-P12)", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 4e12, noNaN: true }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (epochMs, durationMs) => {
          const span = throughTheWire({ startMs: 0, endMs: durationMs }, epochMs);
          // The clock is asked at the end: of a sum of doubles the last bit may be lost on the way back.
          const startEpochMs = epochMs + durationMs - durationMs;
          expect(span.startTimeUnixNano).toBe(nanos(startEpochMs));
          expect(span.endTimeUnixNano).toBe(nanos(startEpochMs + durationMs));
        },
      ),
      { examples: [[61173176383.66515, 573486864.1892052]] },
    );
  });

  test.for([0, 2_097_151.999_999, 2_097_152, 1_700_000_000_123.456, 2 ** 41 - 1, 4_398_046_511_103.999])(
    "does not lose a carry at %d ms (R-P12)",
    (epochMs) => {
      expect(throughTheWire({}, epochMs).startTimeUnixNano).toBe(nanos(epochMs));
    },
  );

  test("says its status, and a message only with one (R-P12)", () => {
    expect(throughTheWire({}).status).toEqual({ code: 0, message: "" });
    expect(throughTheWire({ statusCode: statusCode.ok }).status).toEqual({ code: 1, message: "" });
    expect(throughTheWire({ statusCode: statusCode.error, statusMessage: "no stock — сломано" }).status).toEqual({
      code: 2,
      message: "no stock — сломано",
    });
  });

  test("carries events with their moments, attributes and drops (R-P12)", () => {
    const span = throughTheWire({
      events: [
        { name: "", timeMs: 0.25, attributes: [], droppedAttributesCount: 0 },
        { name: "cache miss", timeMs: 0.5, attributes: ["cache.key", "a", "tries", 3], droppedAttributesCount: 70_000 },
      ],
      droppedEventsCount: 129,
    });
    const base = 1_700_000_000_123.456;
    expect(span.events).toEqual([
      { name: "", timeUnixNano: nanos(base + 0.25), attributes: {}, droppedAttributesCount: 0 },
      {
        name: "cache miss",
        timeUnixNano: nanos(base + 0.5),
        attributes: { "cache.key": "a", tries: 3 },
        droppedAttributesCount: 70_000,
      },
    ]);
    expect(span.droppedEventsCount).toBe(129);
  });

  test("carries links with their ids, trace state, flags, attributes and drops (R-P12)", () => {
    const link = {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceState: "a=1",
      flags: 1 | 256 | 512,
      attributes: ["why", "fan-in"] as AttributeList,
      droppedAttributesCount: 2,
    };
    const span = throughTheWire({ links: [link, { ...link, traceState: "", attributes: [] }], droppedLinksCount: 7 });
    expect(span.links).toEqual([
      { ...link, attributes: { why: "fan-in" } },
      { ...link, traceState: "", attributes: {} },
    ]);
    expect(span.droppedLinksCount).toBe(7);
  });

  test("says how many attributes it lost (R-L1)", () => {
    expect(throughTheWire({ droppedAttributesCount: 300 }).droppedAttributesCount).toBe(300);
  });

  const values: readonly [string, AttributeValue, unknown][] = [
    ["empty text", "", ""],
    ["text of 47 characters", "x".repeat(47), "x".repeat(47)],
    ["text of 48 characters", "x".repeat(48), "x".repeat(48)],
    ["text of 10 KB", "0123456789".repeat(1024), "0123456789".repeat(1024)],
    ["text that grows beyond its guessed length", "ä".repeat(100), "ä".repeat(100)],
    ["short text beyond ASCII", "Größe 🦊", "Größe 🦊"],
    ["a lone surrogate", "a\ud800b", "a\ufffdb"],
    ["a lone surrogate in long text", `${"x".repeat(60)}\udc00`, `${"x".repeat(60)}\ufffd`],
    ["zero", 0, 0],
    ["minus zero", -0, 0],
    ["127 and the next", 128, 128],
    ["a negative number", -1, -1],
    ["the smallest safe integer", Number.MIN_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
    ["the greatest safe integer", Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ["2^31", 2 ** 31, 2 ** 31],
    ["2^32", 2 ** 32, 2 ** 32],
    ["an unsafe integer", 2 ** 60, 2 ** 60],
    ["a fraction", 0.1, 0.1],
    ["not a number", Number.NaN, Number.NaN],
    ["infinity", Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    ["minus infinity", Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ["true", true, true],
    ["false", false, false],
    ["an empty array", [], []],
    ["texts with holes", ["a", null, "", undefined, "ß"], ["a", undefined, "", undefined, "ß"]],
    ["numbers", [1, -1, 0.5, 2 ** 40], [1, -1, 0.5, 2 ** 40]],
    ["flags", [true, false], [true, false]],
    ["a long array", Array.from({ length: 500 }, (_, i) => i), Array.from({ length: 500 }, (_, i) => i)],
  ];

  test.for(values)("carries %s as an attribute (R-P12)", ([, value, expected]) => {
    for (const key of ["k", "ключ", "k".repeat(64), "k".repeat(65)]) {
      // Three times: new, again, and from memory.
      const list: AttributeList = [key, value];
      for (let i = 0; i < 3; i++) {
        expect(throughTheWire({ attributes: list }).attributes).toEqual({ [key]: expected });
      }
    }
  });
});

const anyValue: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 80 }),
  fc.double(),
  fc.maxSafeInteger(),
  fc.boolean(),
  fc.array(fc.option(fc.string({ unit: "binary" }))),
  fc.array(fc.option(fc.double())),
  fc.array(fc.boolean()),
);

test("any attributes come back as they were given (R-P12)", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: "binary", minLength: 1, maxLength: 70 }), anyValue), (attributes) => {
      const list = Object.entries(attributes).flat() as AttributeList;
      expect(throughTheWire({ attributes: list }).attributes).toEqual(received(attributes));
    }),
  );
});

test("a value that changes is never sent as an earlier one, in whichever place a key stands (R-P12)", () => {
  const value = fc.constantFrom<AttributeValue>(
    "GET",
    "POST",
    "",
    "ä",
    "x".repeat(60),
    0,
    1,
    -1,
    200,
    0.5,
    true,
    false,
    Number.NaN,
  );
  const write = fc.record({
    key: fc.constantFrom("memo.a", "memo.b"),
    value,
    place: fc.constantFrom("span", "event", "link"),
  });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 40 }), (writes) => {
      for (const { key, value: given, place } of writes) {
        const attributes: AttributeList = [key, given];
        const span = throughTheWire({
          ...(place === "span" && { attributes }),
          ...(place === "event" && { events: [{ name: "e", timeMs: 0, attributes, droppedAttributesCount: 0 }] }),
          ...(place === "link" && {
            links: [
              {
                traceId: "0af7651916cd43dd8448eb211c80319c",
                spanId: "b7ad6b7169203331",
                traceState: "",
                flags: 0,
                attributes,
                droppedAttributesCount: 0,
              },
            ],
          }),
        });
        const found =
          place === "span" ? span.attributes : (place === "event" ? span.events : span.links)[0]?.attributes;
        expect(found).toEqual({ [key]: given });
      }
    }),
  );
});

test("a name or trace state that changes is never sent as an earlier one (R-P12)", () => {
  const text = fc.constantFrom("GET /a", "GET /b", "ä", "", "x".repeat(64), "x".repeat(65), "y".repeat(64));
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 30 }), (pairs) => {
      for (const [name, traceState] of pairs)
        expect(throughTheWire({ name, traceState })).toMatchObject({ name, traceState });
    }),
  );
});

function received(attributes: Record<string, AttributeValue>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key,
      Array.isArray(value)
        ? (value as unknown[]).map((item) => (item === null ? undefined : plusZero(item)))
        : plusZero(value),
    ]),
  );
}

/** OTLP's integers have no minus zero. */
function plusZero(value: unknown): unknown {
  return Object.is(value, -0) ? 0 : value;
}

/** By wide arithmetic, rounded to the nanosecond as the writer does. */
function nanos(epochMs: number): bigint {
  const whole = Math.floor(epochMs);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((epochMs - whole) * 1e6));
}
