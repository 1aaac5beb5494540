import fc from "fast-check";
import { expect, test } from "vitest";
import { parseGlob } from "./glob.ts";

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
  const glob = parseGlob(pattern);
  for (const text of fits) expect([text, glob?.matches(text)]).toEqual([text, true]);
  for (const text of others) expect([text, glob?.matches(text)]).toEqual([text, false]);
});

test(".* is taken as * (R-L2)", () => {
  const glob = parseGlob("http.*status");
  expect(["http.status", "httpstatus", "http.x.status"].map((text) => glob?.matches(text))).toEqual([true, true, true]);
});

test.each(["", "^http", "http$", "(a|b)", "a+", "a?", "[a-z]", "a{2}", "\\d", "a|b", "x".repeat(257)])(
  "%j is no name and no glob (R-L2)",
  (pattern) => {
    expect(parseGlob(pattern)).toBeUndefined();
  },
);

test.each([undefined, null, 1, /a/, {}])("%o is no pattern (R-L2)", (pattern) => {
  expect(parseGlob(pattern)).toBeUndefined();
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
      expect(parseGlob(given)?.matches(name)).toBe(fitsByDefinition(given, name));
    }),
    { numRuns: 2_000 },
  );
});

test("no pattern makes it go back: a megabyte is read once (R-L2)", () => {
  const glob = parseGlob("*a".repeat(100) + "*b");
  expect(glob?.matches("a".repeat(1_000_000))).toBe(false);
});
