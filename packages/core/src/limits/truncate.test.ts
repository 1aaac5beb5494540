import fc from "fast-check";
import { expect, test } from "vitest";
import { limitValue, truncate } from "./truncate.ts";

const limits = { valueLength: 10, truncateMarker: "...", arrayItems: 3 };

test.each([
  ["0123456789", "0123456789"],
  ["0123456789a", "0123456..."],
  ["012345😀789", "012345..."],
  ["01234😀6789", "01234😀..."],
  ["012345\ud83d78901", "012345\ud83d..."],
  [
    ["a", "b", "c", "d"],
    ["a", "b", "c"],
  ],
  [
    ["0123456789a", null],
    ["0123456...", null],
  ],
  [
    ["a", "b", "c", "0123456789a"],
    ["a", "b", "c"],
  ],
  [
    [1, 2, 3, 4],
    [1, 2, 3],
  ],
  [12_345_678_901, 12_345_678_901],
  [true, true],
])("%j is limited to %j (R-L1)", (value, limited) => {
  expect(limitValue(value, limits)).toEqual(limited);
});

test("a value within the limits is the same reference, one beyond them is left unchanged (R-L1)", () => {
  const fits = ["a", undefined, "b"];
  expect(limitValue(fits, limits)).toBe(fits);
  const exceeds = Object.freeze(["0123456789a", "b", "c", "d"]);
  expect(limitValue(exceeds, limits)).toEqual(["0123456...", "b", "c"]);
});

test("where the marker does not fit the text is cut without it (R-L1)", () => {
  expect(truncate("abcdef", 2, "...")).toBe("ab");
  expect(truncate("abcdef", 3, "...")).toBe("...");
  expect(truncate("abcdef", 0, "...")).toBe("");
  expect(truncate("😀", 1, "")).toBe("");
});

test("a cut text is never longer than the limit and never ends in half a character (R-L1)", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme" }),
      fc.nat(20),
      fc.constantFrom("", "...", "…"),
      (text, length, marker) => {
        const cut = truncate(text, length, marker);
        expect(cut.length).toBeLessThanOrEqual(Math.max(length, text.length <= length ? text.length : 0));
        expect(cut).toBe(cut.replace(/\p{Surrogate}/gu, "\ufffd"));
      },
    ),
  );
});

test("cutting one text of an array leaves the user's array as it was (R-L1)", () => {
  const values = Object.freeze(["0123456789a", "b"]);
  expect(limitValue(values, limits)).toEqual(["0123456...", "b"]);
});
