import fc from "fast-check";
import { expect, test } from "vitest";
import { Glob } from "./glob.ts";

test.each([
  ["*", "", true],
  ["*", "/a/b", true],
  ["/a", "/a", true],
  ["/a", "/a/", false],
  ["/admin/*", "/admin/users/:id", true],
  ["/admin/*", "/admin", false],
  ["*/edit", "/users/:id/edit", true],
  ["/a*b*c", "/aXbYc", true],
  ["/a*b*c", "/abc", true],
  ["/a*b*c", "/acb", false],
  ["ab*ba", "aba", false],
  ["/files/*", "/files/*path", true],
  ["/a.b", "/axb", false],
  ["/(x)+$", "/(x)+$", true],
])("%s on %s: %s (R-S4)", (glob, text, matches) => {
  expect(new Glob(glob).matches(text)).toBe(matches);
});

const letters = fc.string({ unit: fc.constantFrom("a", "b", "/", "*"), maxLength: 8 });
const words = fc.string({ unit: fc.constantFrom("a", "b", "/"), maxLength: 10 });

test("answers as a regular expression would (R-S4)", () => {
  fc.assert(
    fc.property(letters, words, (glob, text) => {
      const expression = new RegExp(`^${glob.split("*").join(".*")}$`, "s");
      expect(new Glob(glob).matches(text)).toBe(expression.test(text));
    }),
    { numRuns: 1_000 },
  );
});

test("covers another only if it matches all that the other matches (R-S4)", () => {
  fc.assert(
    fc.property(letters, letters, words, (one, other, text) => {
      if (new Glob(one).covers(new Glob(other)) && new Glob(other).matches(text)) {
        expect(new Glob(one).matches(text)).toBe(true);
      }
    }),
    { numRuns: 2_000 },
  );
});

test("a pattern of five hundred stars does not hang on a long text (R-S4)", () => {
  expect(new Glob(`${"a*".repeat(500)}b`).matches("a".repeat(64_000))).toBe(false);
});
