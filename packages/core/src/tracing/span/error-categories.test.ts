import { expect, test } from "vitest";
import { Tally } from "../../tally/tally.ts";
import { createErrorTypeOf } from "./error-categories.ts";

test("the user's word for an error wins over its class (R-G7)", () => {
  const typeOf = createErrorTypeOf((error) => (error instanceof RangeError ? "out-of-stock" : undefined), new Tally());
  expect(typeOf(new RangeError("no"))).toBe("out-of-stock");
  expect(typeOf(new TypeError("no"))).toBe("TypeError");
});

test("a function that throws, or gives no text, is counted and leaves the class (R-G7)", () => {
  const faults = new Tally();
  const throwing = createErrorTypeOf(() => {
    throw new Error("in the hook");
  }, faults);
  const odd = createErrorTypeOf(() => 7 as unknown as string, faults);
  expect([throwing(new TypeError("no")), odd("text"), createErrorTypeOf(() => "", faults)(null)]).toEqual([
    "TypeError",
    "string",
    "object",
  ]);
  expect(faults.snapshot()).toEqual({ "categorize-error": 2 });
});

test("a word is cut to 128 characters (R-G7)", () => {
  expect(createErrorTypeOf(() => "a".repeat(1_000), new Tally())(new Error("no"))).toHaveLength(128);
});
