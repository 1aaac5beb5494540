import type { EncodedChunk, ScopeSegment } from "./encoded-chunk.ts";

/** The two halves of a chunk, by items and over the same bytes; undefined when it holds a single one. */
export function splitChunk(chunk: EncodedChunk): readonly [EncodedChunk, EncodedChunk] | undefined {
  const items = chunk.ends.length;
  if (items < 2) return undefined;
  const middle = items >> 1;
  return [part(chunk, 0, middle), part(chunk, middle, items)];
}

function part({ bytes, ends, segments }: EncodedChunk, from: number, to: number): EncodedChunk {
  const start = from === 0 ? 0 : (ends[from - 1] ?? 0);
  return {
    bytes: bytes.subarray(start, ends[to - 1]),
    ends: ends.slice(from, to).map((end) => end - start),
    segments: segments.flatMap(({ scope, first }, i): ScopeSegment[] => {
      const next = segments[i + 1]?.first ?? ends.length;
      return next <= from || first >= to ? [] : [{ scope, first: Math.max(0, first - from) }];
    }),
  };
}
