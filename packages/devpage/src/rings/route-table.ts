import type { HeatColumn, HeatExemplar, Heatmap, RouteFigures, RouteRow } from "../protocol.ts";

/** What is known of a route × method since the start: cumulative. */
export interface RouteCounts {
  readonly key: string;
  readonly service: string;
  readonly method: string;
  readonly route: string | undefined;
  readonly operation: string | undefined;
  /** Requests by row of the heatmap: one more than there are bounds. */
  readonly buckets: readonly number[];
  /** By {@link statusNames}. */
  readonly byStatus: readonly number[];
  readonly aborted: number;
}

export const statusNames = ["1xx", "2xx", "3xx", "4xx", "5xx", "none"] as const;

/** A request that was seen, for what counts cannot tell. */
export interface SeenRequest {
  readonly key: string;
  readonly isTraced: boolean;
  readonly spans: number;
  readonly durationMs: number;
  readonly traceId: string | undefined;
}

const stepMs = 5_000;
const maxColumns = 120;
const minuteColumns = 60_000 / stepMs;
const sparkSeconds = 60;
const rateSeconds = 10;
const maxExemplars = 3;
const maxEarly = 1_000;
export const maxRoutes = 500;

interface Column {
  readonly at: number;
  readonly values: Float64Array;
  exemplars: HeatExemplar[];
  spans: number;
}

interface RouteHistory {
  counts: RouteCounts;
  /** The numbers of the last look, one behind the other. */
  last: Float64Array;
  readonly columns: Column[];
  readonly spark: number[];
  seen: number;
  traced: number;
}

export function routeKey(
  service: string,
  method: string,
  route: string | undefined,
  operation: string | undefined,
): string {
  return [service, method, route ?? "", operation ?? ""].join("|");
}

/** Rates, percentiles and the heatmap of routes, from counts that are looked at once a second. Bounded: what is beyond {@link maxRoutes} is one row. */
export class RouteTable {
  readonly #routes = new Map<string, RouteHistory>();
  #boundsMs: readonly number[] = [];
  #lookedAt: number | undefined;
  /** Of routes that no look has found yet. */
  #early: SeenRequest[] = [];

  /** A row is of a quickness: where it ends. Other bounds begin anew. */
  look(nowMs: number, boundsMs: readonly number[], all: readonly RouteCounts[]): void {
    if (boundsMs.length !== this.#boundsMs.length || boundsMs.some((bound, i) => bound !== this.#boundsMs[i])) {
      this.#boundsMs = [...boundsMs];
      this.#routes.clear();
    }
    const seconds = this.#lookedAt === undefined ? 1 : Math.max(0.001, (nowMs - this.#lookedAt) / 1_000);
    const isFirst = this.#lookedAt === undefined;
    this.#lookedAt = nowMs;
    for (const counts of merged(all, this.#routes)) {
      const numbers = numbersOf(counts);
      const known = this.#routes.get(counts.key);
      const history = known ?? {
        counts,
        // What came before the page was open has no time; what is new since then has.
        last: isFirst ? numbers : new Float64Array(numbers.length),
        columns: [],
        spark: [],
        seen: 0,
        traced: 0,
      };
      if (known === undefined) this.#routes.set(counts.key, history);
      history.counts = counts;
      const { values } = columnOf(history.columns, nowMs, numbers.length);
      let requests = 0;
      for (let i = 0; i < numbers.length; i++) {
        const more = Math.max(0, (numbers[i] ?? 0) - (history.last[i] ?? 0));
        values[i] = (values[i] ?? 0) + more;
        if (i < counts.buckets.length) requests += more;
      }
      history.last = numbers;
      history.spark.push(requests / seconds);
      if (history.spark.length > sparkSeconds) history.spark.shift();
    }
    const early = this.#early;
    this.#early = [];
    for (const request of early) if (this.#routes.has(request.key)) this.see(nowMs, request);
  }

  /** A request that ended since the last look. */
  see(nowMs: number, request: SeenRequest): void {
    const { key, isTraced, spans, durationMs, traceId } = request;
    const history = this.#routes.get(key);
    if (history === undefined) {
      if (this.#early.length < maxEarly) this.#early.push(request);
      return;
    }
    history.seen++;
    if (isTraced) history.traced++;
    const column = columnOf(history.columns, nowMs, history.last.length);
    column.spans += spans;
    if (traceId === undefined || !isTraced) return;
    const row = rowOf(this.#boundsMs, durationMs);
    if (column.exemplars.filter((exemplar) => exemplar.row === row).length >= maxExemplars) return;
    column.exemplars.push({ row, traceId, durationMs });
  }

  rows(nowMs: number): RouteRow[] {
    const spansOf = (history: RouteHistory): number =>
      recent(history, nowMs).reduce((sum, { spans }) => sum + spans, 0);
    const all = [...this.#routes.values()];
    const allSpans = all.reduce((sum, history) => sum + spansOf(history), 0);
    return all
      .map((history): RouteRow => {
        const { counts, seen, traced, spark } = history;
        const { key, service, method, route, operation } = counts;
        const spans = spansOf(history);
        const lately = spark.slice(-rateSeconds);
        const inMinute = new Float64Array(history.last.length);
        for (const { values } of recent(history, nowMs))
          values.forEach((value, i) => (inMinute[i] = (inMinute[i] ?? 0) + value));
        return {
          key,
          service,
          method,
          ...(route === undefined ? {} : { route }),
          ...(operation === undefined ? {} : { operation }),
          perSecond: lately.length === 0 ? 0 : lately.reduce((sum, value) => sum + value, 0) / lately.length,
          spark: [...spark],
          total: figures(numbersOf(counts), this.#boundsMs),
          lastMinute: figures(inMinute, this.#boundsMs),
          ...(seen === 0 ? {} : { keptShare: traced / seen }),
          ...(allSpans === 0 ? {} : { cost: { spansPerMinute: spans, share: spans / allSpans } }),
        };
      })
      .toSorted((a, b) => b.perSecond - a.perSecond || b.total.count - a.total.count);
  }

  /** Of one route, or of all; from a moment on. */
  heatmap(key?: string, from = 0): Heatmap {
    const histories =
      key === undefined ? [...this.#routes.values()] : [this.#routes.get(key)].filter((one) => one !== undefined);
    const columns = new Map<number, { counts: number[]; exemplars: HeatExemplar[] }>();
    for (const { columns: own } of histories) {
      for (const { at, values, exemplars } of own) {
        if (at < from) continue;
        const column = columns.get(at) ?? {
          counts: new Array<number>(this.#boundsMs.length + 1).fill(0),
          exemplars: [],
        };
        columns.set(at, column);
        column.counts.forEach((count, i) => (column.counts[i] = count + (values[i] ?? 0)));
        for (const exemplar of exemplars) {
          if (column.exemplars.filter(({ row }) => row === exemplar.row).length < maxExemplars)
            column.exemplars.push(exemplar);
        }
      }
    }
    return {
      boundsMs: this.#boundsMs,
      stepMs,
      columns: [...columns]
        .map(([at, column]) => ({ at, ...column }))
        .filter(({ counts }) => counts.some((count) => count > 0))
        .toSorted((a, b) => a.at - b.at),
    };
  }

  /** The newest column, of all routes. */
  newest(nowMs: number): HeatColumn {
    const at = columnStart(nowMs);
    return (
      this.heatmap(undefined, at).columns.find((column) => column.at === at) ?? {
        at,
        counts: new Array<number>(this.#boundsMs.length + 1).fill(0),
        exemplars: [],
      }
    );
  }

  clear(): void {
    this.#routes.clear();
    this.#early = [];
    this.#lookedAt = undefined;
  }
}

/** What has no place in the table is one row. */
function merged(all: readonly RouteCounts[], known: ReadonlyMap<string, unknown>): readonly RouteCounts[] {
  if (all.length <= maxRoutes) return all;
  const kept: RouteCounts[] = [];
  let rest: RouteCounts | undefined;
  let room = maxRoutes - 1 - all.filter(({ key }) => known.has(key)).length;
  for (const counts of all) {
    if (known.has(counts.key) || room-- > 0) kept.push(counts);
    else
      rest =
        rest === undefined
          ? { ...counts, key: othersKey, method: "", route: "(others)", operation: undefined }
          : added(rest, counts);
  }
  return rest === undefined ? kept : [...kept, rest];
}

const othersKey = "(others)";

function added(one: RouteCounts, other: RouteCounts): RouteCounts {
  const add = (a: readonly number[], b: readonly number[]): number[] => a.map((value, i) => value + (b[i] ?? 0));
  return {
    ...one,
    buckets: add(one.buckets, other.buckets),
    byStatus: add(one.byStatus, other.byStatus),
    aborted: one.aborted + other.aborted,
  };
}

function numbersOf({ buckets, byStatus, aborted }: RouteCounts): Float64Array {
  return Float64Array.from([...buckets, ...byStatus, aborted]);
}

function columnStart(nowMs: number): number {
  return Math.floor(nowMs / stepMs) * stepMs;
}

function columnOf(columns: Column[], nowMs: number, length: number): Column {
  const at = columnStart(nowMs);
  const last = columns.at(-1);
  if (last?.at === at) return last;
  const made: Column = { at, values: new Float64Array(length), exemplars: [], spans: 0 };
  columns.push(made);
  while (columns.length > maxColumns || (columns[0] !== undefined && columns[0].at <= at - maxColumns * stepMs))
    columns.shift();
  return made;
}

function recent({ columns }: RouteHistory, nowMs: number): Column[] {
  const from = columnStart(nowMs) - (minuteColumns - 1) * stepMs;
  return columns.filter(({ at }) => at >= from);
}

/** Which row a duration is in: bounds are inclusive. */
function rowOf(boundsMs: readonly number[], durationMs: number): number {
  const row = boundsMs.findIndex((bound) => durationMs <= bound);
  return row === -1 ? boundsMs.length : row;
}

function figures(numbers: Float64Array, boundsMs: readonly number[]): RouteFigures {
  const rows = boundsMs.length + 1;
  const counts = numbers.subarray(0, rows);
  const count = counts.reduce((total, value) => total + value, 0);
  const byStatus = Object.fromEntries(
    statusNames.map((name, i) => [name, numbers[rows + i] ?? 0]),
  ) as RouteFigures["byStatus"];
  const aborted = numbers[rows + statusNames.length] ?? 0;
  if (count === 0) return { count, byStatus, aborted };
  return {
    count,
    byStatus,
    aborted,
    p50Ms: quantile(counts, count, 0.5, boundsMs),
    p95Ms: quantile(counts, count, 0.95, boundsMs),
    p99Ms: quantile(counts, count, 0.99, boundsMs),
  };
}

/** As Prometheus has it: evenly within a bucket; of what is above all bounds the last of them. */
function quantile(counts: Float64Array, count: number, share: number, boundsMs: readonly number[]): number {
  const rank = share * count;
  let below = 0;
  for (let row = 0; row < boundsMs.length; row++) {
    const inRow = counts[row] ?? 0;
    if (inRow > 0 && below + inRow >= rank) {
      const from = row === 0 ? 0 : (boundsMs[row - 1] ?? 0);
      const to = boundsMs[row] ?? from;
      return from + ((to - from) * Math.max(0, rank - below)) / inRow;
    }
    below += inRow;
  }
  return boundsMs.at(-1) ?? 0;
}
