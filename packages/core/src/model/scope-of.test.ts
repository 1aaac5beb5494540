import { expect, test } from "vitest";
import { scopeKey, scopeOf } from "./scope-of.ts";

test("a library may give anything as its name, version and schema: what is no text is left out, what is long is cut (A15, R-L5)", () => {
  const hostile = {
    get schemaUrl(): string {
      throw new Error("no");
    },
  };
  expect(scopeOf("shop", "1.0", { schemaUrl: "https://a/1" })).toEqual({
    name: "shop",
    version: "1.0",
    schemaUrl: "https://a/1",
  });
  for (const options of [undefined, null, 5, {}, { schemaUrl: null }, { schemaUrl: "" }, hostile]) {
    expect(scopeOf(Symbol("a"), null, options)).toEqual({ name: "", version: "", schemaUrl: undefined });
  }
  expect(scopeOf("n".repeat(5_000), "", undefined).name).toHaveLength(1_024);
  expect(scopeKey(scopeOf("a", "b", {}))).toBe(scopeKey(scopeOf("a", "b", { schemaUrl: "" })));
  expect(scopeKey(scopeOf("a", "b", {}))).not.toBe(scopeKey(scopeOf("ab", "", {})));
});
