import type { TraceFinding } from "../protocol.ts";
import { type CalledSpan, callKey, callName, isLayer, readsOnly } from "./call-name.ts";
import { groupBy } from "./group-by.ts";

/** A span with its place in time. */
export interface TimedSpan extends CalledSpan {
  readonly startMs: number;
  /** Without what its children cover. */
  readonly selfMs: number;
}

/** Calls of one kind under one parent. */
export interface RepeatedCalls<Span extends CalledSpan = CalledSpan> {
  readonly call: string;
  readonly parentSpanId: string | undefined;
  /** In the order in which they were given. */
  readonly spans: readonly Span[];
}

export interface RepeatedCallsOptions {
  /** From how many on. @default 5 */
  readonly min?: number;
  /** Names of spans that are meant to come again and again. @default none */
  readonly ignore?: readonly string[];
}

/** Fewer are no pattern: a handful of lookups is often meant. */
const minRepeated = 5;
/** What could be gained is worth a line from here on. */
const minGainMs = 5;
/** A loop in the process itself that takes less in all is meant, as a rule, and nothing to gain. */
const minInternalMs = 1;
const minGainShare = 0.1;
/** Longer than that between two calls, and something was done with what the first one answered. */
const maxGapMs = 1;
/** Of a span that waits for others. */
const maxOwnShare = 0.5;
const dominantShare = 0.9;
const minDominantMs = 5;

/**
 * Calls that were made again and again under one parent, most first: N+1, as a rule. A pure function.
 *
 * Equal are spans of one kind that do the same (see {@link callKey}). What came in (`server`, `consumer`) is no call, nor is a layer of a framework, nor
 * an internal span without a parent, which is a job of its own.
 */
export function repeatedCalls<Span extends CalledSpan>(
  spans: readonly Span[],
  { min = minRepeated, ignore = [] }: RepeatedCallsOptions = {},
): RepeatedCalls<Span>[] {
  const calls = spans.filter((span) => isCall(span) && !ignore.includes(span.name));
  const groups = groupBy(calls, (span) => `${span.parentSpanId ?? ""} ${callKey(span)}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined || group.length < min) return [];
      return [{ call: callName(first), parentSpanId: first.parentSpanId, spans: group }];
    })
    .toSorted((a, b) => b.spans.length - a.spans.length);
}

function isCall(span: CalledSpan): boolean {
  if (span.kind === "internal") return span.parentSpanId !== undefined && !isLayer(span);
  return span.kind === "client" || span.kind === "producer";
}

/** What of a trace is worth changing: what would gain most first. A pure function. */
export function findingsOf(spans: readonly TimedSpan[]): TraceFinding[] {
  const ordered = spans.toSorted((a, b) => a.startMs - b.startMs);
  const repeated = repeatedCalls(ordered).filter(
    ({ spans: group }) => group[0]?.kind !== "internal" || covered(group) >= minInternalMs,
  );
  const inRepeated = new Set(repeated.flatMap((group) => group.spans));
  const rest = ordered.filter((span) => !inRepeated.has(span));
  return [...repeated.map(repeatedFinding), ...serialFindings(ordered, rest), ...dominantFindings(ordered)].toSorted(
    (a, b) => (b.gainMs ?? b.totalMs) - (a.gainMs ?? a.totalMs),
  );
}

function repeatedFinding({ call, parentSpanId, spans }: RepeatedCalls<TimedSpan>): TraceFinding {
  const totalMs = covered(spans);
  const longest = Math.max(...spans.map(({ durationMs }) => durationMs));
  return {
    kind: "repeated-calls",
    message: `${spans.length} times the same call in ${shown(totalMs)}: ${call}. One call for all of them would do (N+1)`,
    spanIds: spans.map(({ spanId }) => spanId),
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    totalMs,
    gainMs: Math.max(0, totalMs - longest),
  };
}

/** Calls that read, one behind the other without a pause: nothing was done with what one answered before the next one was made. */
function serialFindings(all: readonly TimedSpan[], rest: readonly TimedSpan[]): TraceFinding[] {
  const byId = new Map(all.map((span) => [span.spanId, span]));
  const reading = readingSpans(all);
  const byParent = groupBy(
    rest.filter((span) => reading.has(span)),
    ({ parentSpanId }) => parentSpanId,
  );
  return [...byParent].flatMap(([parentSpanId, calls]) => {
    const parent = parentSpanId === undefined ? undefined : byId.get(parentSpanId);
    if (parent === undefined) return [];
    return rows(calls).flatMap((row) => {
      const totalMs = row.reduce((sum, { durationMs }) => sum + durationMs, 0);
      const gainMs = totalMs - Math.max(...row.map(({ durationMs }) => durationMs));
      if (gainMs < Math.max(minGainMs, parent.durationMs * minGainShare)) return [];
      const names = row.slice(0, 3).map(callName).join(", then ");
      return [
        {
          kind: "serial-calls" as const,
          message: `${row.length} calls wait for each other for ${shown(totalMs)}: ${names}${row.length > 3 ? ", …" : ""}. Together they would take ${shown(totalMs - gainMs)}, if none needs another's answer`,
          spanIds: row.map(({ spanId }) => spanId),
          parentSpanId: parent.spanId,
          totalMs,
          gainMs,
        },
      ];
    });
  });
}

/** Calls that only read, and internal spans that do nothing but wait for such calls: what computes by itself cannot run beside anything. */
function readingSpans(all: readonly TimedSpan[]): ReadonlySet<TimedSpan> {
  const reading = new Set<TimedSpan>(all.filter((span) => span.kind === "client" && readsOnly(span)));
  const under = groupBy(all, ({ parentSpanId }) => parentSpanId);
  // A span may be known to wait only after those below it are: those that began last come first.
  for (const span of all.toReversed()) {
    if (span.kind !== "internal" || isLayer(span) || !readsOnly(span)) continue;
    const below = under.get(span.spanId) ?? [];
    const waits = below.length > 0 && span.selfMs <= span.durationMs * maxOwnShare;
    if (waits && below.every((child) => reading.has(child))) reading.add(span);
  }
  return reading;
}

/** Runs of calls of which each begins as the one before has ended. */
function rows(calls: readonly TimedSpan[]): TimedSpan[][] {
  const found: TimedSpan[][] = [];
  for (const call of calls) {
    const row = found.at(-1);
    const last = row?.at(-1);
    const gapMs = last === undefined ? Number.NaN : call.startMs - (last.startMs + last.durationMs);
    // Clocks tell microseconds: what begins with the end of another may seem to begin before it.
    if (row !== undefined && gapMs >= -0.01 && gapMs <= maxGapMs) row.push(call);
    else found.push([call]);
  }
  return found.filter((row) => row.length > 1);
}

function dominantFindings(ordered: readonly TimedSpan[]): TraceFinding[] {
  const ids = new Set(ordered.map(({ spanId }) => spanId));
  const root = ordered.find(({ parentSpanId }) => parentSpanId === undefined || !ids.has(parentSpanId));
  if (root === undefined || root.durationMs < minDominantMs) return [];
  const most = ordered.find((span) => span !== root && span.selfMs > root.durationMs * dominantShare);
  if (most === undefined) return [];
  const share = Math.min(100, Math.round((most.selfMs / root.durationMs) * 100));
  return [
    {
      kind: "one-span",
      message: `${share} % of the time is in one span: ${callName(most)}, ${shown(most.selfMs)} of ${shown(root.durationMs)}`,
      spanIds: [most.spanId],
      ...(most.parentSpanId === undefined ? {} : { parentSpanId: most.parentSpanId }),
      totalMs: most.selfMs,
    },
  ];
}

/** How long at least one of them ran. */
export function covered(spans: readonly { readonly startMs: number; readonly durationMs: number }[]): number {
  let total = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { startMs, durationMs } of spans.toSorted((a, b) => a.startMs - b.startMs)) {
    const until = startMs + durationMs;
    if (until <= end) continue;
    total += until - Math.max(startMs, end);
    end = until;
  }
  return total;
}

/** A duration with as many digits as say something. */
export function shown(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(2)} s`;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toPrecision(2)} ms`;
}
