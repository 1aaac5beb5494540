import type { Attributes } from "../../model/attributes.ts";
import type {
  HistogramPoint,
  MetricData,
  MetricsSnapshot,
  NumberPoint,
  ScopeMetrics,
} from "../../model/metric-data.ts";
import type { Scope } from "../../model/scope.ts";
import { addHistograms, addNumbers } from "../cells/add-points.ts";
import { overflowAttributes, seriesKey } from "../cells/series-key.ts";

/** The cumulative metrics of one process. */
export interface MemberSnapshot {
  /** Tells it from others where values cannot be added up. */
  readonly member: string;
  readonly snapshot: MetricsSnapshot;
}

const memberAttribute = "gossamer.cluster.worker";
/** Series of one metric; those of members that are gone stay. */
const maxSeries = 20_000;

type Point = NumberPoint | HistogramPoint;

interface Merging {
  readonly metric: MetricData;
  readonly points: Map<string, Point>;
}

/**
 * The metrics of several processes as those of one: sums and histograms are added up series by series; a gauge stands for itself, so each member's is a
 * series of its own. Of two histograms with other buckets the first one's count.
 */
export function mergeSnapshots(members: readonly MemberSnapshot[], timeMs: number): MetricsSnapshot {
  const scopes = new Map<string, { readonly scope: Scope; readonly metrics: Map<string, Merging> }>();
  for (const { member, snapshot } of members) {
    for (const { scope, metrics } of snapshot.scopes) {
      const key = JSON.stringify([scope.name, scope.version, scope.schemaUrl]);
      const merging = scopes.get(key) ?? { scope, metrics: new Map<string, Merging>() };
      scopes.set(key, merging);
      for (const metric of metrics) mergeMetric(merging.metrics, metric, member);
    }
  }
  return {
    resource: commonResource(members),
    timeMs,
    scopes: [...scopes.values()].map(({ scope, metrics }): ScopeMetrics => ({
      scope,
      metrics: [...metrics.values()].map(
        ({ metric, points }) => ({ ...metric, points: [...points.values()] }) as MetricData,
      ),
    })),
  };
}

/** What of a snapshot stays true when its process is gone: what only rises. */
export function withoutLevels(snapshot: MetricsSnapshot): MetricsSnapshot {
  return {
    ...snapshot,
    scopes: snapshot.scopes.map(({ scope, metrics }) => ({
      scope,
      metrics: metrics.filter((metric) => metric.kind === "histogram" || (metric.kind === "sum" && metric.monotonic)),
    })),
  };
}

function mergeMetric(metrics: Map<string, Merging>, metric: MetricData, member: string): void {
  // What is merged is told as text, which has no form for it.
  if (metric.kind === "exponential") return;
  const key = `${metric.kind} ${metric.name}`;
  let merging = metrics.get(key);
  if (merging === undefined) {
    merging = { metric, points: new Map() };
    metrics.set(key, merging);
  }
  const { metric: first, points } = merging;
  if (metric.kind === "histogram") {
    if (first.kind !== "histogram" || !sameBoundaries(first.boundaries, metric.boundaries)) return;
    for (const point of metric.points) join(points, point.attributes, point, addHistograms);
  } else {
    const isGauge = metric.kind === "gauge";
    for (const point of metric.points) {
      const attributes = isGauge ? { ...point.attributes, [memberAttribute]: member } : point.attributes;
      join(points, attributes, { ...point, attributes }, addNumbers);
    }
  }
}

function join<One extends Point>(
  points: Map<string, Point>,
  attributes: Attributes,
  point: One,
  add: (one: One, other: One) => One,
): void {
  const key = seriesKey(attributes);
  const known = points.get(key) as One | undefined;
  if (known !== undefined) points.set(key, add(known, point));
  else if (points.size < maxSeries) points.set(key, point);
  else if (key !== overflowKey) join(points, overflowAttributes, { ...point, attributes: overflowAttributes }, add);
  else points.set(key, point);
}

const overflowKey = seriesKey(overflowAttributes);

function sameBoundaries(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((boundary, i) => boundary === other[i]);
}

/** What the members' resources have in common. */
function commonResource(members: readonly MemberSnapshot[]): MetricsSnapshot["resource"] {
  const [first, ...others] = members.map(({ snapshot }) => snapshot.resource.attributes);
  const attributes = Object.entries(first ?? {}).filter(([key, value]) =>
    others.every((other) => JSON.stringify(other[key]) === JSON.stringify(value)),
  );
  return { attributes: Object.fromEntries(attributes.filter(([key]) => key !== "service.instance.id")) };
}
