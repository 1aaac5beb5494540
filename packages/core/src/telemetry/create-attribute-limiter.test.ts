import fc from "fast-check";
import { expect, test } from "vitest";
import { OptionError } from "../model/checks/option-error.ts";
import { type AttributeLimiterOptions, createAttributeLimiter } from "./create-attribute-limiter.ts";

test("stands alone: cuts, drops, removes and redacts, and says how much (R-A5)", () => {
  const limiter = createAttributeLimiter({
    valueLength: 8,
    arrayItems: 2,
    attributes: 4,
    filters: [{ keep: "app.*" }, { remove: ["user.*", "http.method"] }],
    redact: ["*.mail"],
  });
  const given = {
    "app.note": "0123456789",
    "app.list": [1, 2, 3],
    "user.id": 7,
    "http.request.method": "GET",
    "app.mail": "a@example",
    "app.bad": { nested: true },
    "app.nothing": undefined,
    "app.fourth": true,
    "app.fifth": 5,
  };
  const before = structuredClone(given);
  expect(limiter.limit(given)).toEqual({
    attributes: { "app.note": "01234...", "app.list": [1, 2], "app.mail": "REDACTED", "app.fourth": true },
    droppedAttributesCount: 2,
    removedAttributesCount: 2,
  });
  expect(given).toEqual(before);
});

test("without options it has the engine's own bounds (R-A5)", () => {
  const limiter = createAttributeLimiter();
  const many = Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, "x".repeat(1_025)]));
  const { attributes, droppedAttributesCount } = limiter.limit(many);
  expect([Object.keys(attributes).length, droppedAttributesCount, attributes["k0"]]).toEqual([
    64,
    1,
    `${"x".repeat(1_021)}...`,
  ]);
});

test("counts each call by itself (R-A5)", () => {
  const limiter = createAttributeLimiter({ filters: [{ remove: "a" }] });
  for (let i = 0; i < 3; i++) expect(limiter.limit({ a: 1 }).removedAttributesCount).toBe(1);
  expect(limiter.limit({ b: 1 }).removedAttributesCount).toBe(0);
});

test("an attribute named __proto__ is one like any other (R-A5)", () => {
  const { attributes } = createAttributeLimiter().limit(
    JSON.parse('{"__proto__":"x","constructor":"y"}') as object as {},
  );
  expect(Object.entries(attributes)).toEqual([
    ["__proto__", "x"],
    ["constructor", "y"],
  ]);
  expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
});

test("never throws, whatever the attributes are (R-A5)", () => {
  const limiter = createAttributeLimiter({ filters: [{ remove: "a*" }] });
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withMap: true, withNullPrototype: true }), (given) => {
      limiter.limit(given as {});
    }),
  );
});

test.each([
  [{ valueLength: -1 }, 'Option "limiter.valueLength" must be an integer from 0 to 1000000000, got -1.'],
  [{ valuelength: 1 }, 'Unknown option "limiter.valuelength". Did you mean "limiter.valueLength"?'],
  [
    { filters: [{ remove: "^http" }] },
    "Option \"limiter.filters[0].remove\" must be a name of at most 256 characters in which only * stands for other text, and no regular expression, got '^http'.",
  ],
  [
    { filters: [{ remove: /http/ }] },
    'Option "limiter.filters[0].remove" must be a name, a glob or a list of them, got an object.',
  ],
  [
    { filters: [{ remove: "a", keep: "b" }] },
    'Option "limiter.filters[0]" must be an object with either keep or remove.',
  ],
  [{ filters: [{ drop: "a" }] }, 'Option "limiter.filters[0]" must be an object with either keep or remove.'],
  [{ filters: [{}] }, 'Option "limiter.filters[0]" must be an object with either keep or remove.'],
  [{ redact: ["a|b"] }, expect.stringContaining('Option "limiter.redact[0]" must be a name')],
])("%o is an error where the limiter is made (R-L2)", (options, message) => {
  let error: unknown;
  try {
    createAttributeLimiter(options as AttributeLimiterOptions);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(OptionError);
  expect((error as OptionError).message).toEqual(message);
});
