import { expect, test } from "vitest";
import { errorTypeOf } from "./exception-attributes.ts";

class DeclinedError extends Error {}
class TooFarError extends RangeError {}
class NamedError extends Error {
  override readonly name = "named";
}
class NamedByPrototype extends Error {}
NamedByPrototype.prototype.name = "ByPrototype";

test.each([
  [new DeclinedError("no"), "DeclinedError"],
  [new TooFarError("no"), "TooFarError"],
  [new NamedError("no"), "named"],
  [new NamedByPrototype("no"), "ByPrototype"],
  [Object.assign(new Error("no"), { name: "Error" }), "Error"],
  [Object.assign(new DeclinedError("no"), { name: "TypeError" }), "TypeError"],
  [new TypeError("no"), "TypeError"],
  [new DOMException("no", "AbortError"), "AbortError"],
  [Object.assign(new DeclinedError("no"), { constructor: undefined }), "Error"],
  [Object.assign(Object.create(null) as object, {}), "Error"],
  [Object.assign(Object.create(null) as object, { name: "Odd" }), "Odd"],
  [{}, "Object"],
  [{ name: "Error" }, "Error"],
  ["text", "string"],
  [Symbol("s"), "symbol"],
  [null, "object"],
])("the type of %o is %s (C21)", (thrown, type) => {
  expect(errorTypeOf(thrown)).toBe(type);
});

test("the type of an error whose class cannot be asked for is Error (C21)", () => {
  const get = (): never => {
    throw new Error("not for you");
  };
  expect(errorTypeOf(Object.defineProperty(new Error("no"), "constructor", { get }))).toBe("Error");
});
