import { expect, test } from "vitest";
import { attributeRecord, type AttributeList, isAttributeValue, putAttribute } from "./attributes.ts";

test("an attribute set twice keeps its last value and its place (R-L1)", () => {
  const list: AttributeList = [];
  expect(putAttribute(list, "a", 1, 2)).toBe(false);
  expect(putAttribute(list, "b", 2, 2)).toBe(false);
  expect(putAttribute(list, "a", "new", 2)).toBe(false);
  expect(list).toEqual(["a", "new", "b", 2]);
});

test("what exceeds the limit is dropped and says so; what is there can still change (R-L1)", () => {
  const list: AttributeList = ["a", 1];
  expect(putAttribute(list, "b", 2, 1)).toBe(true);
  expect(putAttribute(list, "a", 3, 1)).toBe(false);
  expect(list).toEqual(["a", 3]);
});

test("a key is not found among values (R-L1)", () => {
  const list: AttributeList = ["a", "b"];
  putAttribute(list, "b", 1, 8);
  expect(list).toEqual(["a", "b", "b", 1]);
});

test.for<[string, unknown, boolean]>([
  ["text", "", true],
  ["a number that is none", Number.NaN, true],
  ["a flag", false, true],
  ["an empty list", [], true],
  ["a list with holes", [null, "a", undefined], true],
  ["a list of mixed kinds", ["a", 1], false],
  ["a list of objects", [{}], false],
  ["a list in a list", [["a"]], false],
  ["an object", {}, false],
  ["null", null, false],
  ["undefined", undefined, false],
  ["a bigint", 1n, false],
  ["a function", () => 1, false],
  ["a symbol", Symbol("s"), false],
])("%s is an attribute value or not, as OpenTelemetry has it (R-L1)", ([, value, allowed]) => {
  expect(isAttributeValue(value)).toBe(allowed);
});

test("an attribute named __proto__ is an attribute, and changes no prototype (C20)", () => {
  const record = attributeRecord(["a", 1, "__proto__", "kept", "constructor", "too"]);
  expect(Object.entries(record)).toEqual([
    ["a", 1],
    ["__proto__", "kept"],
    ["constructor", "too"],
  ]);
  expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
  expect(JSON.stringify(record)).toBe('{"a":1,"__proto__":"kept","constructor":"too"}');
});
