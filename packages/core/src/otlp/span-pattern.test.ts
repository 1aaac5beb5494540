import fc from "fast-check";
import { expect, test } from "vitest";
import { AttributeBlock } from "../model/attribute-block.ts";
import type { AttributeList, AttributeValue } from "../model/attributes.ts";
import { type SpanData, spanKind, statusCode } from "../model/span-data.ts";
import { throughTheWire } from "../testing/span-data.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { SpanPattern } from "./span-pattern.ts";
import { writeAttributeList } from "./write-attribute.ts";

const field = 9;
const prefix = Buffer.from("trace state and name, as fields");

function written(write: (writer: ProtobufWriter) => void): string {
  const writer = new ProtobufWriter(16);
  write(writer);
  return writer.bytes().toString("hex");
}

function plainly(list: AttributeList): string {
  return written((writer) => writeAttributeList(writer, field, list));
}

const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.constantFrom<AttributeValue>("GET", "/orders", 200, 8080, true, false, 1.5, -1, 2 ** 40, -0, Number.NaN, ""),
  fc.constantFrom("x".repeat(47), "x".repeat(48), "x".repeat(512), "x".repeat(513), `${"x".repeat(40)}ä`),
  fc.string({ unit: "grapheme" }),
  fc.array(fc.constantFrom("a", "b"), { maxLength: 3 }),
);
const keys = ["a", "key.b", "ключ", "k".repeat(64), "k".repeat(65), "__proto__", "e", "f", "g"];

test("whatever lists follow each other, a pattern writes the same bytes as pair by pair (R-P1)", () => {
  const lists = fc
    .integer({ min: 0, max: keys.length })
    .chain((pairs) =>
      fc.array(fc.array(value, { minLength: pairs, maxLength: pairs }), { minLength: 1, maxLength: 12 }),
    );
  fc.assert(
    fc.property(lists, (valueLists) => {
      const made = valueLists.map((values): AttributeList =>
        values.flatMap((item, place): AttributeList => [keys[place]!, item]),
      );
      const pattern = new SpanPattern("", prefix, made[0]!);
      for (const list of made) {
        expect(pattern.hasKeys(list)).toBe(true);
        // What differs for the first time is learnt; the second time it is known.
        for (let i = 0; i < 2; i++) {
          if (!pattern.takes(list)) continue;
          expect(written((writer) => pattern.write(writer, list, false))).toBe(plainly(list));
          expect(written((writer) => pattern.write(writer, list, true))).toBe(prefix.toString("hex") + plainly(list));
        }
        if (!list.some(Number.isNaN)) expect(pattern.takes(list)).toBe(true);
      }
    }),
  );
});

test("a list with other keys, in another order or of another length is of another pattern (R-P1)", () => {
  const pattern = new SpanPattern("", prefix, ["a", 1, "b", 2]);
  expect(pattern.hasKeys(["a", 7, "b", 8])).toBe(true);
  for (const other of [["a", 1], ["b", 2, "a", 1], ["a", 1, "c", 2], ["a", 1, "b", 2, "c", 3], []]) {
    expect(pattern.hasKeys(other)).toBe(false);
  }
});

test("a list that is changed after it was written first does not change the ones that follow (R-P1)", () => {
  const list: AttributeList = ["a", 1, "b", 2, "c", 3];
  const pattern = new SpanPattern("", prefix, list);
  const before = plainly(list);
  list[1] = 7;
  expect(pattern.takes(["a", 1, "b", 2, "c", 3])).toBe(true);
  expect(written((writer) => pattern.write(writer, ["a", 1, "b", 2, "c", 3], false))).toBe(before);
});

test("spans of one name tell their own attributes, also where another has more of them (R-P1)", () => {
  const spans: AttributeList[] = [
    ["db.system", "pg", "db.name", "orders", "db.statement", "select 1", "server.port", 5432],
    ["db.system", "pg", "db.name", "orders", "db.statement", "select 2", "server.port", 5432],
    ["db.system", "pg", "db.name", "users"],
    [],
    ["db.system", "pg", "db.name", "users", "db.statement", "select 3", "server.port", "5432"],
    ["db.system", "pg", "db.name", "orders", "db.statement", "select 1", "server.port", 5432],
  ];
  for (const attributes of [...spans, ...spans, ...spans]) {
    const expected = Object.fromEntries(
      Array.from({ length: attributes.length / 2 }, (_, i) => [attributes[i * 2], attributes[i * 2 + 1]]),
    );
    expect(throughTheWire({ name: "pattern query", attributes }).attributes).toEqual(expected);
  }
});

let fresh = 0;

/** The same span under a name that never came before, so that nothing is known of it. */
function ordinarily(span: Partial<SpanData>): unknown {
  return { ...throughTheWire({ ...span, name: `name ${fresh++}` }), name: undefined };
}

test("whatever spans of one name follow each other, each is told as one of its kind that comes alone, in every field (R-P1, R-P12)", () => {
  const attributes = fc
    .array(fc.tuple(fc.constantFrom(...keys), value), { maxLength: 8 })
    .map((pairs) => [...new Map(pairs)].flat() as AttributeList);
  const event = {
    name: "cache miss",
    timeMs: 0.5,
    attributes: ["tries", 3] as AttributeList,
    droppedAttributesCount: 1,
  };
  const link = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceState: "", flags: 1 };
  const span: fc.Arbitrary<Partial<SpanData>> = fc.record({
    attributes,
    traceState: fc.constantFrom("", "ot=th:8", "ot=th:8,vendor=x"),
    kind: fc.constantFrom(...Object.values(spanKind)),
    p1: fc.constantFrom(0, 7),
    s1: fc.integer({ min: 1, max: 1_000 }),
    flags: fc.constantFrom(1, 3, 515),
    endMs: fc.double({ min: 0, max: 1_000, noNaN: true }),
    routeBlock: fc.constantFrom(undefined, new AttributeBlock(["http.route", "/orders/:id"])),
    peerBlock: fc.constantFrom(undefined, new AttributeBlock(["client.port", 1])),
    droppedAttributesCount: fc.nat(2),
    events: fc.constantFrom(undefined, [event]),
    links: fc.constantFrom(undefined, [{ ...link, attributes: [], droppedAttributesCount: 0 }]),
    statusCode: fc.constantFrom(...Object.values(statusCode)),
    statusMessage: fc.constantFrom("", "no stock"),
  });
  let run = 0;
  fc.assert(
    fc.property(
      fc.array(span, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(3), { maxLength: 24 }),
      (some, again) => {
        const name = `patterned ${run++ % 8}`;
        for (const each of [...some, ...again.map((i) => some[i % some.length]!)]) {
          const told = throughTheWire({ ...each, name });
          expect(told.name).toBe(name);
          expect({ ...told, name: undefined }).toEqual(ordinarily(each));
        }
      },
    ),
  );
});
