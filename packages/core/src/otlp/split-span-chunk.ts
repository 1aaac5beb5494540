import type { SpanChunk, SpanSegment } from "./span-chunk.ts";

/** The two halves of a chunk, by spans and over the same bytes; undefined when it holds a single span. */
export function splitSpanChunk(chunk: SpanChunk): readonly [SpanChunk, SpanChunk] | undefined {
  const spans = chunk.ends.length;
  if (spans < 2) return undefined;
  const middle = spans >> 1;
  return [part(chunk, 0, middle), part(chunk, middle, spans)];
}

function part({ bytes, ends, segments }: SpanChunk, from: number, to: number): SpanChunk {
  const start = from === 0 ? 0 : (ends[from - 1] ?? 0);
  return {
    bytes: bytes.subarray(start, ends[to - 1]),
    ends: ends.slice(from, to).map((end) => end - start),
    segments: segments.flatMap(({ scope, first }, i): SpanSegment[] => {
      const next = segments[i + 1]?.first ?? ends.length;
      return next <= from || first >= to ? [] : [{ scope, first: Math.max(0, first - from) }];
    }),
  };
}
