import { expect, test } from "vitest";
import type { MetricData, MetricsSnapshot } from "../../model/metric-data.ts";
import { mergeSnapshots, withoutLevels } from "./merge-snapshots.ts";

const scope = { name: "shop", version: "1" };
const head = { description: "", unit: "1", startMs: 0, temporality: "cumulative" } as const;

function snapshot(metrics: readonly MetricData[], attributes = {}): MetricsSnapshot {
  return {
    resource: { attributes: { "service.name": "shop", ...attributes } },
    timeMs: 1,
    scopes: [{ scope, metrics }],
  };
}

function metricsOf(value: number, boundaries: readonly number[] = [1]): MetricData[] {
  const points = [{ attributes: { route: "/a" }, value }];
  const counts = [value, 0];
  return [
    { ...head, kind: "sum", name: "orders", monotonic: true, valueType: "int", points },
    { ...head, kind: "sum", name: "open", monotonic: false, valueType: "int", points },
    { ...head, kind: "gauge", name: "depth", valueType: "int", points },
    {
      ...head,
      kind: "histogram",
      name: "duration",
      boundaries,
      points: [{ attributes: {}, count: value, sum: value / 2, min: value, max: value, counts }],
    },
  ];
}

test("of several processes sums and histograms are added up, and each one's gauge stands for itself (R-P13)", () => {
  const merged = mergeSnapshots(
    [
      { member: "1", snapshot: snapshot(metricsOf(2), { "service.instance.id": "a", zone: "x" }) },
      { member: "2", snapshot: snapshot(metricsOf(3), { "service.instance.id": "b", zone: "y" }) },
    ],
    9,
  );
  expect(merged.resource.attributes).toEqual({ "service.name": "shop" });
  expect(merged.scopes).toMatchObject([
    {
      scope,
      metrics: [
        { name: "orders", points: [{ attributes: { route: "/a" }, value: 5 }] },
        { name: "open", points: [{ value: 5 }] },
        {
          name: "depth",
          points: [
            { attributes: { route: "/a", "gossamer.cluster.worker": "1" }, value: 2 },
            { attributes: { route: "/a", "gossamer.cluster.worker": "2" }, value: 3 },
          ],
        },
        { name: "duration", points: [{ count: 5, sum: 2.5, min: 2, max: 3, counts: [5, 0] }] },
      ],
    },
  ]);
});

test("a histogram with other buckets does not spoil the one that came first (R-P13)", () => {
  const merged = mergeSnapshots(
    [
      { member: "1", snapshot: snapshot(metricsOf(2)) },
      { member: "2", snapshot: snapshot(metricsOf(3, [7])) },
    ],
    9,
  );
  expect(merged.scopes[0]?.metrics.at(-1)).toMatchObject({ boundaries: [1], points: [{ count: 2 }] });
});

test("of a process that is gone what only rises stays (R-P13)", () => {
  expect(withoutLevels(snapshot(metricsOf(1))).scopes[0]?.metrics.map(({ name }) => name)).toEqual([
    "orders",
    "duration",
  ]);
});
