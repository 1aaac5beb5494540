import type { SpanData } from "../../model/span-data.ts";

/** The spans in an order in which no span comes before its parent; else as they were. */
export function parentsFirst(spans: readonly SpanData[]): readonly SpanData[] {
  if (spans.length < 2) return spans;
  const byId = new Map(spans.map((span) => [idOf(span.s0, span.s1), span]));
  const ordered = new Set<SpanData>();
  for (const span of spans) {
    const line: SpanData[] = [];
    let at: SpanData | undefined = span;
    while (at !== undefined && !ordered.has(at) && line.length <= spans.length) {
      line.push(at);
      at = byId.get(idOf(at.p0, at.p1));
    }
    for (const each of line.toReversed()) ordered.add(each);
  }
  return [...ordered];
}

function idOf(high: number, low: number): string {
  return `${high},${low}`;
}
