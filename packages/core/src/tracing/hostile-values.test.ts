import type { Attributes, Exception, Link, Span, SpanStatus, TimeInput } from "@opentelemetry/api";
import { decodeTraceRequest, type ReceivedSpan } from "@gossamer/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EncodedChunk } from "../otlp/encoded-chunk.ts";
import { SpanOutlet } from "../otlp/span-outlet.ts";
import { requestOf } from "../testing/span-data.ts";
import { testTracing } from "../testing/test-tracing.ts";

/** One span through the API and our writer, read with the published schema; undefined when it was dropped, which is counted. */
function sent(use: (span: Span) => void, options?: Attributes): ReceivedSpan | undefined {
  const chunks: EncodedChunk[] = [];
  const drops: string[] = [];
  const traced = testTracing();
  const outlet = new SpanOutlet({
    maxItems: 16,
    maxBytes: 65_536,
    maxItemBytes: 1_048_576,
    clock: traced.clock,
    add: ({ payload }) => chunks.push(payload),
    dropped: (reason) => drops.push(reason),
    unwritable: () => drops.push("unwritable"),
  });
  const span = traced.tracer.startSpan("work", options === undefined ? {} : { attributes: options });
  use(span);
  span.end();
  const [written] = traced.written;
  if (written === undefined) throw new Error("The span did not end.");
  outlet.write(written);
  outlet.seal();
  const received = chunks.length === 0 ? [] : decodeTraceRequest(requestOf(chunks));
  expect(received.length + drops.length).toBe(1);
  // What nobody can write is our fault, and not the value's.
  expect(drops).not.toContain("unwritable");
  return received[0];
}

const throwing = {
  get value(): string {
    throw new Error("getter");
  },
};
const cyclicObject: Record<string, unknown> = {};
cyclicObject["self"] = cyclicObject;
const cyclicArray: unknown[] = [];
cyclicArray.push(cyclicArray);

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  return proxy;
}

function throwingAt(index: number): unknown[] {
  return Object.defineProperty(["a", "b", "c"], index, {
    get() {
      throw new Error("index");
    },
  });
}

const hostile: readonly unknown[] = [
  "\ud800",
  `${"x".repeat(1_020)}\ud83e\udd8a`,
  "\u2028\u0000\n",
  "x".repeat(1_000_000),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  2 ** 60,
  Number.MIN_VALUE,
  10n ** 40n,
  Symbol("s"),
  () => 1,
  cyclicObject,
  cyclicArray,
  [["nested"], [1]],
  [1, "mixed", true],
  [null, undefined, "hole"],
  Array.from({ length: 1_000_000 }),
  Array.from({ length: 10_000 }, () => "y".repeat(5_000)),
  throwing,
  revoked(),
  throwingAt(0),
  throwingAt(2),
  new Proxy([], {
    get() {
      throw new Error("trap");
    },
  }),
  Object.create(null),
  new Date(Number.NaN),
  Object("boxed"),
  Object(1),
];

const hostileNames: readonly unknown[] = ["", "__proto__", "constructor", "\ud800", "k".repeat(2_000), ...hostile];

/** Hidden in a function: fast-check itself cannot look at some of these. */
type Hidden = () => unknown;

function oneOf(values: readonly unknown[]): fc.Arbitrary<Hidden> {
  return fc.nat(values.length - 1).map((i) => () => values[i]);
}

const everyKind = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withTypedArray: true,
  withNullPrototype: true,
  withSparseArray: true,
  maxDepth: 4,
});

/** A value of every kind that JavaScript has. */
const anything: fc.Arbitrary<Hidden> = fc.oneof(
  fc.oneof(everyKind, fc.string({ unit: "binary", maxLength: 3_000 })).map((value) => () => value),
  oneOf(hostile),
);

const anyName: fc.Arbitrary<Hidden> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }).map((name) => () => name),
  oneOf(hostileNames),
);

describe("whatever a service puts on a span", () => {
  test("as an attribute, it encodes to valid OTLP and throws at nobody (R-L1)", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyName, anything), { maxLength: 12 }), (pairs) => {
        const received = sent((span) => {
          for (const [name, value] of pairs) span.setAttribute(name() as string, value() as string);
        });
        expect(received).toBeDefined();
        expect(
          Object.keys(received?.attributes ?? {}).length + Number(received?.droppedAttributesCount ?? 0),
        ).toBeLessThanOrEqual(pairs.length);
      }),
      { numRuns: 300 },
    );
  });

  test("as attributes of a span, an event or a link, at once or at its making (R-L1)", () => {
    const attributes = fc.oneof(
      fc
        .dictionary(fc.string({ unit: "binary", maxLength: 20 }), anything, { maxKeys: 8 })
        .map((record) => () => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, value()]))),
      anything,
    );
    fc.assert(
      fc.property(attributes, anyName, anything, (...hidden) => {
        const [given, name, other] = hidden.map((value) => value()) as [Attributes, string, unknown];
        const received = sent((span) => {
          span.setAttributes(given);
          span.addEvent(name, given, other as TimeInput);
          span.addEvent(name, other as Attributes);
          span.addLink({
            context: { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 },
            attributes: given,
          });
          span.addLink(other as Link);
          span.addLinks(other as Link[]);
          span.updateName(name);
          span.setStatus(other as SpanStatus);
          span.setStatus({ code: 2, message: other as string });
          span.recordException(other as Exception, other as TimeInput);
        }, given);
        expect(received).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });
});

test("a span as large as its limits allow is sent, though it is larger than a chunk (R-L1)", () => {
  const received = sent((span) => {
    for (let i = 0; i < 80; i++) span.setAttribute(`k${i}`, "ä".repeat(2_000));
  });
  expect(Object.keys(received?.attributes ?? {})).toHaveLength(64);
  expect(received?.droppedAttributesCount).toBe(16);
});

test("one larger than a batch is a drop, and takes no more room than that (R-P10)", () => {
  const items = Array.from({ length: 100 }, () => "z".repeat(1_024));
  const received = sent((span) => {
    for (let i = 0; i < 64; i++) span.setAttribute(`k${i}`, items);
    for (let i = 0; i < 128; i++) span.addEvent(`e${i}`, { items });
  });
  expect(received).toBeUndefined();
});
