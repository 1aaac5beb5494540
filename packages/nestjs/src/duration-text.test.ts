import { expect, test } from "vitest";
import { parseDuration } from "./duration-text.ts";

test.each([
  ["500ms", 500],
  ["0ms", 0],
  ["1.5s", 1_500],
  ["2 m", 120_000],
  ["1h", 3_600_000],
])("%s is a duration (R-A3)", (text, expected) => {
  expect(parseDuration(text, "slowAfter")).toBe(expected);
});

test.each(["", "500", "ms", "-1s", "1.s", "1e3ms", "1d", " 1s", "1s "])(
  "%j is no duration, and the error says what is (R-A3, R-C3)",
  (text) => {
    expect(() => parseDuration(text, "slowAfter")).toThrow(
      `Option "slowAfter" must be a duration with a unit, such as "500ms" or "2s", got ${JSON.stringify(text)}.`,
    );
  },
);

test("what is no text is no duration either (R-C3)", () => {
  expect(() => parseDuration(-1 as never, "slowAfter")).toThrow(/got -1\./);
  expect(() => parseDuration(undefined as never, "slowAfter")).toThrow(/got undefined\./);
  expect(() => parseDuration(Symbol("s") as never, "slowAfter")).toThrow(/duration with a unit/);
});
