import fc from "fast-check";
import { expect, test } from "vitest";
import { Glob, nameGlob } from "./glob.ts";

test.for<[pattern: string, fits: readonly string[], others: readonly string[]]>([
  ["http.route", ["http.route"], ["http.routes", "http.rout", "xhttp.route", "httpxroute"]],
  ["*", ["", "a", "a.b.c"], []],
  ["http.*", ["http.method", "http."], ["ht", "xhttp.a"]],
  ["*.id", ["user.id", ".id"], ["id", "user.ids"]],
  ["a*b*c", ["abc", "aXbYc", "abbbc", "a.b.b.c"], ["ab", "ac", "acb", "abcd"]],
  ["a*a", ["aa", "aba"], ["a"]],
  ["ab*ba", ["abba", "abxba"], ["aba"]],
  ["**", ["", "x"], []],
  ["user.*.id", ["user.a.id", "userid.id", "user.id"], ["usr.id"]],
])("%s fits what a glob fits, and nothing else (R-L2)", ([pattern, fits, others]) => {
  const glob = nameGlob(pattern);
  for (const text of fits) expect([text, glob?.matches(text)]).toEqual([text, true]);
  for (const text of others) expect([text, glob?.matches(text)]).toEqual([text, false]);
});

test(".* is taken as * (R-L2)", () => {
  const glob = nameGlob("http.*status");
  expect(["http.status", "httpstatus", "http.x.status"].map((text) => glob?.matches(text))).toEqual([true, true, true]);
});

test.each([
  ["/api/.*", "/api/users"],
  ["/api/.*", "/api/.*"],
  ["*.internal.*", "a.internal"],
])("a rule, a filter and a list of names read %s alike: it fits %s (R-S4, R-L2)", (pattern, text) => {
  expect([new Glob(pattern).matches(text), nameGlob(pattern)?.matches(text)]).toEqual([true, true]);
});

test.each(["", "^http", "http$", "(a|b)", "a+", "a?", "[a-z]", "a{2}", "\\d", "a|b", "x".repeat(257)])(
  "%j is no name and no glob (R-L2)",
  (pattern) => {
    expect(nameGlob(pattern)).toBeUndefined();
  },
);

test.each([undefined, null, 1, /a/, {}])("%o is no pattern (R-L2)", (pattern) => {
  expect(nameGlob(pattern)).toBeUndefined();
});

/** The plainest way to say what a glob means. */
function fitsByDefinition(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*") {
    for (let i = 0; i <= text.length; i++) if (fitsByDefinition(pattern.slice(1), text.slice(i))) return true;
    return false;
  }
  return text[0] === pattern[0] && fitsByDefinition(pattern.slice(1), text.slice(1));
}

test("it fits exactly what the definition of a glob says (R-L2)", () => {
  const text = fc.array(fc.constantFrom("a", "b", "."), { maxLength: 8 }).map((parts) => parts.join(""));
  const pattern = fc
    .array(fc.constantFrom("a", "b", "*"), { minLength: 1, maxLength: 7 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(pattern, text, (given, name) => {
      expect(nameGlob(given)?.matches(name)).toBe(fitsByDefinition(given, name));
    }),
    { numRuns: 2_000 },
  );
});

test("no pattern makes it go back: a megabyte is read once (R-L2)", () => {
  const glob = nameGlob("*a".repeat(100) + "*b");
  expect(glob?.matches("a".repeat(1_000_000))).toBe(false);
});

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
