import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonError, jsonPlaces, lineOf } from "./json-places.ts";

describe("JSON with places", () => {
  it("reads what JSON.parse reads (R-D3)", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, 2, "\t"), (value, space) => {
        const text = JSON.stringify(value, null, space);
        expect(jsonPlaces(text).value).toEqual(JSON.parse(text));
      }),
    );
  });

  it("refuses what JSON.parse refuses, and names the line (R-D3)", () => {
    for (const [text, line] of [
      ['{\n  "a": 1,\n}', 2],
      ['{\n  "a" 1\n}', 1],
      ["[1,\n2,\n,3]", 2],
      ['{"a": "two\nlines"}', 0],
      ["[1] 2", 0],
      ["", 0],
    ] as const) {
      expect(() => JSON.parse(text) as unknown).toThrow();
      try {
        jsonPlaces(text);
        expect.unreachable(text);
      } catch (error) {
        expect((error as JsonError).line, text).toBe(line);
      }
    }
  });

  it("knows the line of an option, or of what it is missing in (R-D3)", () => {
    const { lines } = jsonPlaces(
      '{\n  "sampleRatio": 1,\n  "rules": [\n    { "match": "*" },\n    {\n      "ratio": 2 }\n  ]\n}',
    );
    expect(lineOf("sampleRatio", lines)).toBe(1);
    expect(lineOf("rules[0]", lines)).toBe(3);
    expect(lineOf("rules[1].ratio", lines)).toBe(5);
    expect(lineOf("rules[1].keep.slow", lines)).toBe(4);
    expect(lineOf("queue.maxSpans", lines)).toBeUndefined();
  });

  it("gives up on what is too deep, in a line of words (R-D3)", () => {
    expect(() => jsonPlaces("[".repeat(100_000))).toThrow(JsonError);
  });
});
