import { createHash } from "node:crypto";
import { cutText } from "../data/cut-text.ts";
import type { PageAttributes } from "../protocol.ts";
import { type RouteCounts, routeKey, statusNames } from "../rings/route-table.ts";
import type { DurationPoint } from "./read-durations.ts";

/** Rows of the heatmap, in ms: the boundaries that the conventions recommend. */
export const otlpBoundsMs: readonly number[] = [
  5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000,
];

interface Series {
  readonly service: string;
  readonly method: string;
  readonly route: string | undefined;
  readonly status: string;
  readonly isAborted: boolean;
  buckets: number[];
  /** Of a cumulative one, what its newest point says; `buckets` has what was before a reset too. */
  newest: readonly number[];
  newestAtMs: number;
  /** Takes it out of where it is. */
  readonly remove: () => void;
}

const maxSeries = 5_000;
const maxName = 256;

/** Counts of requests that others sent: their own, of all requests, where they send that metric; else of the spans that came. */
export class OtlpCounts {
  /** By service, then by process and attributes. */
  readonly #measured = new Map<string, Map<string, Series>>();
  readonly #spanned = new Map<string, Map<string, Series>>();
  /** All of them, the one that was not updated for longest first. */
  readonly #byAge = new Set<Series>();
  #evicted = 0;

  /** Series that made room for newer ones, with their counts. */
  get evicted(): number {
    return this.#evicted;
  }

  take(point: DurationPoint): void {
    const { service, instance, startedAt, atMs, isDelta, unit, bounds, counts, attributes } = point;
    const toMs = unit === "ms" ? 1 : 1_000;
    const buckets = otlpBoundsMs.map(() => 0).concat(0);
    // Other bounds than ours: what is up to one of them counts as that.
    counts.forEach((count, i) => {
      const row = rowOf((bounds[i] ?? Number.POSITIVE_INFINITY) * toMs);
      buckets[row] = (buckets[row] ?? 0) + count;
    });
    // A process that names no instance is told from another, and from the one before it, by when it began to count.
    const stream = keyOf([instance, isDelta ? undefined : startedAt, JSON.stringify(attributes)]);
    const series = this.#seriesOf(this.#measured, service, stream, attributes);
    if (isDelta) series.buckets = sum(series.buckets, buckets);
    else if (atMs >= series.newestAtMs) {
      // What counts less than before has begun anew.
      const isReset = total(buckets) < total(series.newest);
      const more = isReset ? buckets : buckets.map((count, i) => count - (series.newest[i] ?? 0));
      series.buckets = sum(series.buckets, more);
      series.newest = buckets;
      series.newestAtMs = atMs;
    }
  }

  /** A request that a span tells of. */
  see(service: string, durationMs: number, attributes: PageAttributes): void {
    const isAborted = attributes["error.type"] === "aborted";
    const key = keyOf([routeOf(attributes), methodOf(attributes), statusOf(attributes), isAborted]);
    const series = this.#seriesOf(this.#spanned, service, key, attributes);
    const row = rowOf(durationMs);
    series.buckets[row] = (series.buckets[row] ?? 0) + 1;
  }

  get services(): readonly string[] {
    return [...new Set([...this.#measured.keys(), ...this.#spanned.keys()])].toSorted();
  }

  routes(): RouteCounts[] {
    const rows = new Map<string, RouteCounts & { buckets: number[]; byStatus: number[]; aborted: number }>();
    for (const service of this.services) {
      for (const series of (this.#measured.get(service) ?? this.#spanned.get(service))?.values() ?? []) {
        const { method, route, status, isAborted, buckets } = series;
        const key = routeKey(service, method, route, undefined);
        const row = rows.get(key) ?? {
          key,
          service,
          method,
          route,
          operation: undefined,
          buckets: buckets.map(() => 0),
          byStatus: statusNames.map(() => 0),
          aborted: 0,
        };
        rows.set(key, row);
        const count = total(buckets);
        buckets.forEach((value, i) => (row.buckets[i] = (row.buckets[i] ?? 0) + value));
        const at = statusNames.findIndex((name) => name === status);
        row.byStatus[at] = (row.byStatus[at] ?? 0) + count;
        if (isAborted) row.aborted += count;
      }
    }
    return [...rows.values()];
  }

  #seriesOf(among: Map<string, Map<string, Series>>, service: string, key: string, attributes: PageAttributes): Series {
    const ofService = among.get(service) ?? new Map<string, Series>();
    const series: Series = ofService.get(key) ?? {
      service,
      method: methodOf(attributes),
      route: routeOf(attributes),
      status: statusOf(attributes),
      isAborted: attributes["error.type"] === "aborted",
      buckets: otlpBoundsMs.map(() => 0).concat(0),
      newest: [],
      newestAtMs: 0,
      remove() {
        ofService.delete(key);
        if (ofService.size === 0) among.delete(service);
      },
    };
    this.#byAge.delete(series);
    if (this.#byAge.size >= maxSeries) this.#evictOldest();
    this.#byAge.add(series);
    // Where the oldest was the last of its service, the service is there anew.
    among.set(service, ofService.set(key, series));
    return series;
  }

  #evictOldest(): void {
    const [oldest] = this.#byAge;
    if (oldest === undefined) return;
    oldest.remove();
    this.#byAge.delete(oldest);
    this.#evicted++;
  }
}

function sum(one: readonly number[], other: readonly number[]): number[] {
  return one.map((count, i) => count + (other[i] ?? 0));
}

function total(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}

/** The names before the conventions were stable too. */
export function methodOf(attributes: PageAttributes): string {
  return textOf(attributes["http.request.method"] ?? attributes["http.method"]) ?? "_OTHER";
}

export function routeOf(attributes: PageAttributes): string | undefined {
  return textOf(attributes["http.route"]);
}

export function statusCodeOf(attributes: PageAttributes): number | undefined {
  const code = attributes["http.response.status_code"] ?? attributes["http.status_code"];
  return typeof code === "number" && Number.isInteger(code) && code >= 100 && code <= 999 ? code : undefined;
}

function statusOf(attributes: PageAttributes): string {
  const group = textOf(attributes["http.response.status_group"]);
  if (group !== undefined) return group;
  const code = statusCodeOf(attributes) ?? 0;
  return code >= 100 && code < 600 ? `${Math.trunc(code / 100)}xx` : "none";
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? cutText(value, maxName) : undefined;
}

/** What tells series apart, however long it is. */
function keyOf(parts: readonly (string | boolean | undefined)[]): string {
  const key = parts.join(" ");
  return key.length <= maxName ? key : createHash("sha256").update(key).digest("base64url");
}

function rowOf(ms: number): number {
  const row = otlpBoundsMs.findIndex((bound) => ms <= bound);
  return row === -1 ? otlpBoundsMs.length : row;
}
