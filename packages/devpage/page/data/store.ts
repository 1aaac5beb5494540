// What the page knows, as signals. The connection writes it; screens read it.
import { computed, signal } from "@preact/signals";
import type {
  ChangeEntry,
  HeatColumn,
  Heatmap,
  LogEntry,
  LogLevelView,
  PageState,
  RequestEntry,
  RulesView,
  Snapshot,
  TraceSummary,
} from "../../src/protocol.ts";

/** As many as the server holds. */
const maxRequests = 2_000;
const maxTraces = 500;
const maxLines = 1_000;
const maxChanges = 200;
/** Ten minutes of snapshots. */
const maxPoints = 600;

export type Link = "connecting" | "open" | "lost";

export const link = signal<Link>("connecting");
/** When the connection was lost. */
export const lostAt = signal(0);
export const head = signal<Omit<PageState, "snapshot" | "requests" | "changes" | "rules" | "logLevels"> | undefined>(
  undefined,
);
export const snapshot = signal<Snapshot | undefined>(undefined);
/** Newest last. */
export const requests = signal<readonly RequestEntry[]>([]);
/** How many were not shown, as there were too many. */
export const requestsLeft = signal(0);
/** Newest first. */
export const traces = signal<readonly TraceSummary[]>([]);
/** Those that came while the page was open, newest last. */
export const freshLines = signal<readonly LogEntry[]>([]);
export const changes = signal<readonly ChangeEntry[]>([]);
export const rules = signal<RulesView | undefined>(undefined);
export const logLevels = signal<readonly LogLevelView[]>([]);
/** Of all routes. */
export const heatmap = signal<Heatmap | undefined>(undefined);

/** What is drawn over time, one a snapshot. */
export interface Point {
  readonly at: number;
  readonly perSecond: number;
  readonly p95Ms: number | undefined;
  readonly failedShare: number | undefined;
  readonly tracedShare: number | undefined;
  readonly requestUs: number | undefined;
  readonly overheadShare: number | undefined;
  readonly queueUse: number | undefined;
}

export const points = signal<readonly Point[]>([]);
export const lastPoint = computed(() => points.value.at(-1));
export const isReadOnly = computed(() => head.value?.readOnly !== false || head.value.token === undefined);

/** Begins anew with what the server tells. */
export function takeState(state: PageState): void {
  const { snapshot: first, requests: entries, changes: past, rules: inForce, logLevels: levels, ...rest } = state;
  const before = head.value;
  const isOther = before !== undefined && before.process.startedAt !== rest.process.startedAt;
  if (isOther) {
    points.value = [];
    traces.value = [];
    freshLines.value = [];
    requestsLeft.value = 0;
  }
  head.value = rest;
  requests.value = entries.slice(-maxRequests);
  changes.value = past;
  rules.value = inForce;
  logLevels.value = levels;
  takeSnapshot(first);
}

export function takeSnapshot(next: Snapshot): void {
  snapshot.value = next;
  heatmap.value = heatmap.value === undefined ? undefined : withColumn(heatmap.value, next.heat);
  const known = points.value;
  const begun = known.length === 0 ? pastPoints(next) : known;
  points.value = [...begun, pointOf(next, heatmap.value)].slice(-maxPoints);
}

export function takeRequests(entries: readonly RequestEntry[], left: number): void {
  const lastId = requests.value.at(-1)?.id ?? -1;
  const fresh = entries.filter(({ id }) => id > lastId);
  if (fresh.length > 0) requests.value = [...requests.value, ...fresh].slice(-maxRequests);
  if (left > 0) requestsLeft.value += left;
}

export function takeLines(entries: readonly LogEntry[]): void {
  const lastId = freshLines.value.at(-1)?.id ?? -1;
  freshLines.value = [...freshLines.value, ...entries.filter(({ id }) => id > lastId)].slice(-maxLines);
}

export function takeTraces(entries: readonly TraceSummary[]): void {
  const byId = new Map(traces.value.map((trace) => [trace.traceId, trace]));
  for (const trace of entries) byId.set(trace.traceId, trace);
  traces.value = [...byId.values()].sort((a, b) => b.startMs - a.startMs).slice(0, maxTraces);
}

export function takeChange(change: ChangeEntry): void {
  if (changes.value.some(({ id }) => id === change.id)) return;
  changes.value = [...changes.value, change].slice(-maxChanges);
}

const tenMinutesMs = 600_000;

function withColumn(map: Heatmap, column: HeatColumn): Heatmap {
  if (column.counts.length !== map.boundsMs.length + 1) return map;
  const others = map.columns.filter(({ at }) => at !== column.at && at > column.at - tenMinutesMs);
  return { ...map, columns: [...others, column].sort((a, b) => a.at - b.at) };
}

/** The rates of the minute before the page was opened. */
function pastPoints({ at, routes }: Snapshot): Point[] {
  const longest = Math.max(0, ...routes.map(({ spark }) => spark.length));
  return Array.from({ length: longest }, (_, i) => ({
    at: at - (longest - i) * 1_000,
    perSecond: routes.reduce((sum, { spark }) => sum + (spark[spark.length - longest + i] ?? 0), 0),
    p95Ms: undefined,
    failedShare: undefined,
    tracedShare: undefined,
    requestUs: undefined,
    overheadShare: undefined,
    queueUse: undefined,
  }));
}

function pointOf({ at, routes, overhead, pipeline }: Snapshot, heat: Heatmap | undefined): Point {
  let count = 0;
  let failed = 0;
  let known = 0;
  let kept = 0;
  for (const { lastMinute, keptShare } of routes) {
    count += lastMinute.count;
    failed += lastMinute.byStatus["5xx"] + lastMinute.aborted;
    if (keptShare === undefined) continue;
    known += lastMinute.count;
    kept += keptShare * lastMinute.count;
  }
  const lanes = Object.values(pipeline?.status.traceExport?.lanes ?? {});
  return {
    at,
    perSecond: routes.reduce((sum, { perSecond }) => sum + perSecond, 0),
    p95Ms: heat === undefined ? undefined : quantileMs(heat, at - 60_000, 0.95),
    failedShare: count === 0 ? undefined : Math.min(1, failed / count),
    tracedShare: known === 0 ? undefined : kept / known,
    requestUs: overhead?.requestUs,
    overheadShare: overhead?.share,
    queueUse: lanes.length === 0 ? undefined : Math.max(...lanes.map(({ use }) => use)),
  };
}

/** Of the requests since then, by the rows of the map; within a row as if they were spread evenly. */
function quantileMs({ columns, boundsMs }: Heatmap, since: number, share: number): number | undefined {
  const counts = Array.from({ length: boundsMs.length + 1 }, () => 0);
  for (const column of columns) {
    if (column.at < since - 10_000) continue;
    for (const [row, count] of column.counts.entries()) counts[row] = (counts[row] ?? 0) + count;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let wanted = share * total;
  for (const [row, count] of counts.entries()) {
    if (wanted > count) {
      wanted -= count;
      continue;
    }
    const from = boundsMs[row - 1] ?? 0;
    const to = boundsMs[row] ?? from;
    return from + (to - from) * (count === 0 ? 0 : wanted / count);
  }
  return boundsMs.at(-1);
}
