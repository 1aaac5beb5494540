import fc from "fast-check";
import { expect, test } from "vitest";
import type { AttributeList, AttributeValue } from "../model/attributes.ts";
import { throughTheWire } from "../testing/span-data.ts";
import { AttributeTemplate } from "./attribute-template.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { writeAttributeList } from "./write-attribute.ts";

const field = 9;

function written(write: (writer: ProtobufWriter) => void): string {
  const writer = new ProtobufWriter(16);
  write(writer);
  return writer.bytes().toString("hex");
}

function plainly(list: AttributeList): string {
  return written((writer) => writeAttributeList(writer, field, list));
}

const value: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.constantFrom<AttributeValue>("GET", "/orders", 200, 8080, true, 1.5, -0, Number.NaN, ""),
  fc.string({ unit: "grapheme" }),
  fc.array(fc.constantFrom("a", "b"), { maxLength: 3 }),
);

test("whatever lists follow each other, a template writes the same bytes as pair by pair (R-P1)", () => {
  const lists = fc
    .integer({ min: 1, max: 9 })
    .chain((pairs) =>
      fc.array(fc.array(value, { minLength: pairs, maxLength: pairs }), { minLength: 1, maxLength: 12 }),
    );
  fc.assert(
    fc.property(lists, fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }), (valueLists, renamed) => {
      const made = valueLists.map((values, row): AttributeList =>
        values.flatMap((item, place) => [row > 2 && renamed[place] === true ? `other.${place}` : `key.${place}`, item]),
      );
      const template = new AttributeTemplate(field, made[0]!);
      for (const list of made) {
        let isWritten = false;
        const bytes = written((writer) => (isWritten = template.write(writer, list)));
        expect(isWritten).toBe(true);
        expect(bytes).toBe(plainly(list));
      }
    }),
  );
});

test("a list of another length is not written by it (R-P1)", () => {
  const template = new AttributeTemplate(field, ["a", 1, "b", 2]);
  let isWritten = true;
  expect(written((writer) => (isWritten = template.write(writer, ["a", 1])))).toBe("");
  expect(isWritten).toBe(false);
});

test("a list that is changed after it was written first does not change the ones that follow (R-P1)", () => {
  const list: AttributeList = ["a", 1, "b", 2, "c", 3];
  const template = new AttributeTemplate(field, list);
  const before = plainly(list);
  list[1] = 7;
  expect(written((writer) => template.write(writer, ["a", 1, "b", 2, "c", 3]))).toBe(before);
});

test("spans of one name tell their own attributes, also where another has more of them (R-P1)", () => {
  const spans: AttributeList[] = [
    ["db.system", "pg", "db.name", "orders", "db.statement", "select 1", "server.port", 5432],
    ["db.system", "pg", "db.name", "orders", "db.statement", "select 2", "server.port", 5432],
    ["db.system", "pg", "db.name", "users"],
    ["db.system", "pg", "db.name", "users", "db.statement", "select 3", "server.port", "5432"],
    ["db.system", "pg", "db.name", "orders", "db.statement", "select 1", "server.port", 5432],
  ];
  for (const attributes of spans) {
    const expected = Object.fromEntries(
      Array.from({ length: attributes.length / 2 }, (_, i) => [attributes[i * 2], attributes[i * 2 + 1]]),
    );
    expect(throughTheWire({ name: "template query", attributes }).attributes).toEqual(expected);
  }
});
