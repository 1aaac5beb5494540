import { DataPointType, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { createMetricProducer } from "./metric-producer.ts";
import { busyMetrics } from "../testing/test-metrics.ts";

class ReaderOnDemand extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}

test("a reader of the OpenTelemetry SDK reads our metrics beside its own (R-M4)", async () => {
  const { metrics, clock } = busyMetrics();
  const reader = new ReaderOnDemand({
    metricProducers: [createMetricProducer(metrics.reader("cumulative"))],
  });
  const provider = new MeterProvider({ readers: [reader] });
  provider.getMeter("theirs").createCounter("orders").add(1);

  const { resourceMetrics, errors } = await reader.collect();
  expect(errors).toEqual([]);
  expect(resourceMetrics.scopeMetrics.map(({ scope }) => scope.name)).toEqual(["theirs", "@gossamer/core"]);
  const ours = resourceMetrics.scopeMetrics[1]!.metrics;
  const byName = new Map(ours.map((metric) => [metric.descriptor.name, metric]));

  const duration = byName.get("http.server.request.duration")!;
  expect(duration.dataPointType).toBe(DataPointType.HISTOGRAM);
  expect(duration.descriptor.unit).toBe("s");
  expect(duration.dataPoints).toHaveLength(4);
  expect(duration.dataPoints[0]!.value).toMatchObject({ count: 5, min: 0, max: 3.2 });
  const [seconds, nanoseconds] = duration.dataPoints[0]!.endTime;
  expect(seconds * 1000 + nanoseconds / 1e6).toBeCloseTo(clock.epochMs(clock.now()), 3);

  expect(byName.get("http.server.active_requests")).toMatchObject({
    dataPointType: DataPointType.SUM,
    isMonotonic: false,
    dataPoints: [{ value: 1 }],
  });
  expect(byName.get("gossamer.batch.fill")).toMatchObject({
    dataPointType: DataPointType.GAUGE,
    dataPoints: [{ value: 0.25 }],
  });
  await provider.shutdown();
});

test("what the reader does to the numbers it got does not reach ours (R-M4)", async () => {
  const { metrics } = busyMetrics();
  const producer = createMetricProducer(metrics.reader("cumulative"));
  const first = await producer.collect();
  const point = first.resourceMetrics.scopeMetrics[0]!.metrics[0]!.dataPoints[0]!;
  point.attributes["http.route"] = "changed";
  first.resourceMetrics.resource.attributes["service.name"] = "changed";
  const second = await producer.collect();
  expect(second.resourceMetrics.scopeMetrics[0]!.metrics[0]!.dataPoints[0]!.attributes["http.route"]).toBe(
    "/users/:id",
  );
  expect(second.resourceMetrics.resource.attributes["service.name"]).toBe("shop");
});

test("the resource can be merged and listed as OpenTelemetry's own can (R-M4)", async () => {
  const { resourceMetrics } = await createMetricProducer(busyMetrics().metrics.reader("cumulative")).collect();
  const { resource } = resourceMetrics;
  expect(resource.getRawAttributes()).toEqual([
    ["service.name", "shop"],
    ["process.pid", 7],
  ]);
  expect(resource.merge(null).attributes).toEqual(resource.attributes);
  expect(resource.merge(resource.merge(null)).attributes).toEqual(resource.attributes);
});

test("a collection that fails is an error in the result, never a rejection (R-M4)", async () => {
  const broken = new Error("broken");
  const result = await createMetricProducer({
    prepare: () => undefined,
    collect: () => {
      throw broken;
    },
  }).collect();
  expect(result.errors).toEqual([broken]);
  expect(result.resourceMetrics.scopeMetrics).toEqual([]);
});
