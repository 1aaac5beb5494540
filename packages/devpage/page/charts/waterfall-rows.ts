import type { SpanView } from "../../src/protocol.ts";

export interface WaterfallRow {
  readonly span: SpanView;
  readonly childCount: number;
  /** From 0 to 1 of the trace. */
  readonly from: number;
  readonly to: number;
  /** Where none of its children runs, as shares of the trace. */
  readonly own: readonly (readonly [number, number])[];
}

export interface Waterfall {
  readonly rows: readonly WaterfallRow[];
  readonly startMs: number;
  readonly durationMs: number;
}

/** The rows of a trace that are in sight, with what is closed left out. Spans come parents first. */
export function waterfall(spans: readonly SpanView[], closed: ReadonlySet<string>): Waterfall {
  const startMs = Math.min(...spans.map((span) => span.startMs));
  const endMs = Math.max(...spans.map((span) => span.startMs + span.durationMs));
  const durationMs = Math.max(0.001, endMs - startMs);
  const children = new Map<string, SpanView[]>();
  for (const span of spans) {
    if (span.parentSpanId === undefined) continue;
    const known = children.get(span.parentSpanId);
    if (known === undefined) children.set(span.parentSpanId, [span]);
    else known.push(span);
  }
  const hidden = new Set<string>();
  const rows: WaterfallRow[] = [];
  for (const span of spans) {
    const { spanId, parentSpanId = "" } = span;
    if (hidden.has(parentSpanId) || closed.has(parentSpanId)) {
      hidden.add(spanId);
      continue;
    }
    const own = children.get(spanId) ?? [];
    const place = (ms: number): number => Math.max(0, Math.min(1, (ms - startMs) / durationMs));
    rows.push({
      span,
      childCount: own.length,
      from: place(span.startMs),
      to: place(span.startMs + span.durationMs),
      own: gaps(span, own).map(([from, to]) => [place(from), place(to)] as const),
    });
  }
  return { rows, startMs, durationMs };
}

/** What of a span none of its children covers. */
function gaps(span: SpanView, children: readonly SpanView[]): [number, number][] {
  const end = span.startMs + span.durationMs;
  const found: [number, number][] = [];
  let at = span.startMs;
  for (const child of children.toSorted((a, b) => a.startMs - b.startMs)) {
    if (child.startMs > at) found.push([at, Math.min(end, child.startMs)]);
    at = Math.max(at, child.startMs + child.durationMs);
  }
  if (at < end) found.push([at, end]);
  return found;
}

/** Two to six round moments of a duration, in ms. */
export function ticks(durationMs: number): number[] {
  const rough = durationMs / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const count = Math.floor(durationMs / step);
  return Array.from({ length: count + 1 }, (_, i) => i * step);
}
