import type { SpanView } from "../protocol.ts";
import { covered } from "./findings.ts";
import { groupBy } from "./group-by.ts";

/** A span as it is kept. */
export interface StoredSpan extends Omit<SpanView, "isOrphan" | "depth" | "selfMs" | "held" | "restrained"> {
  /** About how much memory it takes. */
  readonly bytes: number;
}

const keepReasons: ReadonlySet<unknown> = new Set(["error", "aborted", "slow"]);
const reasonKey = "sampling.reason";

/** The spans of a trace as a waterfall has them: parents first, of siblings the one that began first. */
export function spanTree(spans: readonly StoredSpan[]): SpanView[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const parentOf = (span: StoredSpan): StoredSpan | undefined =>
    span.parentSpanId === undefined || span.parentSpanId === span.spanId ? undefined : byId.get(span.parentSpanId);
  const children = groupBy(
    spans.toSorted((a, b) => a.startMs - b.startMs),
    parentOf,
  );
  const views: SpanView[] = [];
  const seen = new Set<StoredSpan>();
  /** Whether the request that a span is of was kept at its end. */
  const visit = (span: StoredSpan, depth: number, isHeld: boolean): void => {
    const open: [StoredSpan, number, boolean][] = [[span, depth, isHeld]];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const [at, level, held] = next;
      if (seen.has(at)) continue;
      seen.add(at);
      const under = children.get(at) ?? [];
      const reason = at.attributes[reasonKey];
      const heldBelow = at.kind === "server" || reason !== undefined ? keepReasons.has(reason) : held;
      const { bytes: _, ...shown } = at;
      views.push({
        ...shown,
        depth: level,
        isOrphan: at.parentSpanId !== undefined && parentOf(at) === undefined,
        selfMs: Math.max(0, at.durationMs - covered(under.map((child) => within(child, at)))),
        held: held && reason === undefined,
        restrained: reason === "restrained",
      });
      for (const child of under.toReversed()) open.push([child, level + 1, heldBelow]);
    }
  };
  for (const root of children.get(undefined) ?? []) visit(root, 0, false);
  // Spans that are each other's parents, as only a hostile sender has them.
  for (const span of spans) visit(span, 0, false);
  return views;
}

/** The part of a child that lies in its parent. */
function within(child: StoredSpan, parent: StoredSpan): { startMs: number; durationMs: number } {
  const startMs = Math.max(child.startMs, parent.startMs);
  const endMs = Math.min(child.startMs + child.durationMs, parent.startMs + parent.durationMs);
  return { startMs, durationMs: Math.max(0, endMs - startMs) };
}
