import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EncodedChunk } from "./encoded-chunk.ts";
import { splitChunk } from "./split-chunk.ts";

/** Spans as one letter a byte, each in the scope of its number. */
function chunkOf(spans: readonly { readonly text: string; readonly scope: string }[]): EncodedChunk {
  const ends: number[] = [];
  const segments: { scope: { name: string; version: string }; first: number }[] = [];
  let text = "";
  spans.forEach((span, i) => {
    text += span.text;
    ends.push(text.length);
    if (segments.at(-1)?.scope.name !== span.scope) {
      segments.push({ scope: { name: span.scope, version: "1" }, first: i });
    }
  });
  return { bytes: Buffer.from(text), ends: Uint32Array.from(ends), segments };
}

/** Back to what it was made of. */
function spansOf({ bytes, ends, segments }: EncodedChunk): { text: string; scope: string }[] {
  return [...ends].map((end, i) => ({
    text: Buffer.from(bytes.subarray(i === 0 ? 0 : ends[i - 1], end)).toString(),
    scope: segments.findLast(({ first }) => first <= i)?.scope.name ?? "none",
  }));
}

describe("splitChunk", () => {
  it("keeps every span with its scope, in two halves of the same order (R-P6)", () => {
    const span = fc.record({ text: fc.stringMatching(/^[a-z]{1,5}$/), scope: fc.constantFrom("one", "two", "three") });
    fc.assert(
      fc.property(fc.array(span, { minLength: 2, maxLength: 40 }), (spans) => {
        const [left, right] = splitChunk(chunkOf(spans)) ?? [];
        if (left === undefined || right === undefined) throw new Error("It was not split.");
        expect([...spansOf(left), ...spansOf(right)]).toEqual(spans);
        expect(Math.abs(left.ends.length - right.ends.length)).toBeLessThanOrEqual(1);
        expect([left.segments[0]?.first, right.segments[0]?.first]).toEqual([0, 0]);
      }),
    );
  });

  it("has no halves for a single span (R-P6)", () => {
    expect(splitChunk(chunkOf([{ text: "a", scope: "one" }]))).toBeUndefined();
  });
});
