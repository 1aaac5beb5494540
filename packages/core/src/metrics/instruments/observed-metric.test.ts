import { expect, test } from "vitest";
import type { NumberPoint } from "../../model/metric-data.ts";
import { observedMetric } from "./observed-metric.ts";
import { countsOf, metricOf, metricsIn, testMetrics, registerAny } from "../testing/test-metrics.ts";

const head = { name: "x", unit: "{span}", description: "X." };

test("a gauge or sum that someone else keeps is read when metrics are collected (R-P11)", () => {
  const { metrics } = testMetrics();
  let size = 3;
  registerAny(metrics, {
    ...head,
    kind: "sum",
    valueType: "int",
    read: () => [{ attributes: { lane: "http" }, value: size }],
  });
  expect(countsOf(metrics, "x")).toEqual([[{ lane: "http" }, 3]]);
  size = 5;
  expect(metricOf(metrics.reader("cumulative").collect(), "x")).toMatchObject({
    kind: "sum",
    monotonic: false,
    valueType: "int",
    points: [{ attributes: { lane: "http" }, value: 5 }],
  });
});

test("of a rising sum a delta is what it rose by, and one that began anew counts whole (R-M4)", () => {
  const { metrics } = testMetrics();
  const deltas = metrics.reader("delta");
  let value = 10;
  registerAny(metrics, { ...head, kind: "sum", monotonic: true, read: () => [{ attributes: {}, value }] });
  const values = [10, 14, 14, 3].map((next) => {
    value = next;
    const metric = metricOf(deltas.collect(), "x");
    return metric?.points.map((point) => (point as NumberPoint).value);
  });
  expect(values).toEqual([[10], [4], undefined, [3]]);
});

test("one that throws is left out and counted, the others are still read (R-P11)", () => {
  const { metrics } = testMetrics();
  registerAny(metrics, {
    ...head,
    kind: "gauge",
    read: () => {
      throw null;
    },
  });
  registerAny(metrics, { ...head, name: "y", kind: "gauge", read: () => [{ attributes: {}, value: 1 }] });
  expect(metricsIn(metrics.reader("cumulative").collect()).map(({ name }) => name)).toEqual(["y"]);
  expect(metrics.status().failedReads).toBe(1);
});

test("values that are not finite are left out, and of two for the same attributes the first counts (R-P11)", () => {
  const { metrics } = testMetrics();
  registerAny(metrics, {
    ...head,
    kind: "gauge",
    read: () => [
      { attributes: { a: "1", b: "2" }, value: 1 },
      { attributes: { b: "2", a: "1" }, value: 2 },
      { attributes: { a: "2" }, value: Number.NaN },
    ],
  });
  expect(countsOf(metrics, "x")).toEqual([[{ a: "1", b: "2" }, 1]]);
});

test("sums past maxSeries add up in one series, of gauges the last is told there (R-L5)", () => {
  const { metrics } = testMetrics({ maxSeries: 2 });
  const read = () => [1, 2, 3, 4].map((value) => ({ attributes: { lane: String(value) }, value }));
  registerAny(metrics, { ...head, kind: "sum", monotonic: true, read });
  registerAny(metrics, { ...head, name: "y", kind: "gauge", read });
  expect(countsOf(metrics, "x")).toEqual([
    [{ lane: "1" }, 1],
    [{ lane: "2" }, 2],
    [{ "otel.metric.overflow": true }, 7],
  ]);
  expect(countsOf(metrics, "y").at(-1)).toEqual([{ "otel.metric.overflow": true }, 4]);
  expect(metrics.status().instruments.find(({ name }) => name === "y")).toMatchObject({ series: 2, overflowed: 2 });
});

test("a metric whose name is not in the catalogue does not build, nor one of another kind (R-D2)", () => {
  const { metrics } = testMetrics();
  // @ts-expect-error It is not there.
  expect(() => metrics.registerObserved(observedMetric("gossamer.nothing", () => []))).toThrow(TypeError);
  // @ts-expect-error It is a histogram.
  metrics.registerObserved(observedMetric("http.server.request.duration", () => []));
  // @ts-expect-error It is written by hand.
  metrics.registerObserved({ ...head, kind: "gauge", read: () => [] });
  metrics.registerObserved(observedMetric("gossamer.memory", () => []));
});

test("kind, unit and type of a metric are those of the catalogue (R-D2)", () => {
  const read = (): [] => [];
  expect(observedMetric("gossamer.breaker.state", read)).toMatchObject({ kind: "gauge", unit: "{state}" });
  expect(observedMetric("process.cpu.time", read)).toMatchObject({ kind: "sum", monotonic: true, valueType: "double" });
  expect(observedMetric("gossamer.memory", read)).toMatchObject({ kind: "sum", monotonic: false, valueType: "int" });
});
