import fc from "fast-check";
import { expect, test } from "vitest";
import { compileAttributeNames } from "../limits/attribute-names.ts";
import { fitLogContent } from "./fit-log-content.ts";

const compiled = compileAttributeNames(
  { filters: [{ remove: "internal" }], redact: ["token"], removeDebug: false },
  () => {},
);

const names = fc.oneof(
  fc.constantFrom("token", "internal", "user", "", "exception.stacktrace", "k".repeat(1_024), "k".repeat(1_025)),
  fc.string({ maxLength: 4 }),
);
const values = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom("x".repeat(20_000), "x".repeat(12)),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const given = fc.record({
  attributes: fc.dictionary(names, values, { maxKeys: 8, noNullPrototype: true }),
  room: fc.integer({ min: 0, max: 8 }),
  filters: fc.constantFrom(undefined, compiled),
  valueLength: fc.constantFrom(12, 30_000),
});

test("attributes in a list are kept within the same limits as those of an object (R-G6)", () => {
  fc.assert(
    fc.property(given, ({ attributes, room, filters, valueLength }) => {
      const limits = {
        ...{ valueLength, truncateMarker: "...", arrayItems: 3, attributes: 8, names: filters },
        ...{ events: 1, links: 1, eventAttributes: 1, linkAttributes: 1 },
      };
      const pairs = Object.entries(attributes).flat();
      const expected = fitLogContent({ body: "said", attributes }, limits, room);
      expect(fitLogContent({ body: "said", pairs }, limits, room)).toEqual(expected);
    }),
  );
});
