import { decodeMetricsRequest, readMetricsRequest } from "@gossamer/testing";
import { ProtobufMetricsSerializer } from "@opentelemetry/otlp-transformer";
import { AggregationType, MeterProvider, MetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { expect, test } from "vitest";
import { createMetricProducer } from "../metrics/readers/metric-producer.ts";
import { busyMetrics, get, testMetrics } from "../metrics/testing/test-metrics.ts";
import type { MetricsSnapshot, Temporality } from "../model/metric-data.ts";
import { writeMetricsRequests } from "./metrics-writer.ts";

const unbounded = { maxPoints: 1e9, maxBytes: 1e9 };

function onlyRequest(snapshot: MetricsSnapshot): Uint8Array {
  const requests = writeMetricsRequests(snapshot, unbounded);
  expect(requests).toHaveLength(1);
  return requests[0]!.bytes;
}

test("every value arrives: decoded with the published schema, the request holds what was counted (R-M4)", () => {
  const { metrics, routes, clock } = testMetrics({
    resource: { attributes: { "service.name": "shop" }, schemaUrl: "https://example.test/r" },
    scope: { name: "@gossamer/core", version: "1.2.3", schemaUrl: "https://example.test/s" },
  });
  metrics.http.series(routes.get("/users/:id"), get, "http", 500, "TypeError").record(0.3);
  metrics.http.series(routes.get("/users/:id"), get, "http", 500, "TypeError").record(20);
  clock.wait(1000);
  const [point, ...others] = decodeMetricsRequest(onlyRequest(metrics.reader("cumulative").collect()));
  expect(others).toEqual([]);
  expect(point).toEqual({
    resource: { "service.name": "shop" },
    resourceSchemaUrl: "https://example.test/r",
    scope: { name: "@gossamer/core", version: "1.2.3", attributes: {}, schemaUrl: "https://example.test/s" },
    name: "http.server.request.duration",
    description: "Duration of HTTP server requests.",
    unit: "s",
    kind: "histogram",
    temporality: "cumulative",
    monotonic: false,
    attributes: {
      "http.request.method": "GET",
      "url.scheme": "http",
      "http.route": "/users/:id",
      "http.response.status_group": "5xx",
      "error.type": "TypeError",
    },
    startTimeUnixNano: nanos(clock.epochMs(0)),
    timeUnixNano: nanos(clock.epochMs(1000)),
    value: undefined,
    count: 2,
    sum: 20.3,
    min: 0.3,
    max: 20,
    bucketCounts: [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1],
    bounds: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    exponential: undefined,
    quantiles: [],
  });
});

test.for<Temporality>(["cumulative", "delta"])(
  "%s requests decode equal to those of the OpenTelemetry SDK for the same numbers, field by field (R-M4)",
  async (temporality) => {
    const { metrics, routes, clock } = busyMetrics();
    const reader = metrics.reader(temporality);
    reader.collect();
    metrics.http.series(routes.get("/users/:id"), get, "http", 200, undefined).record(0.7);
    clock.wait(3);
    const snapshot = reader.collect();
    const { resourceMetrics } = await createMetricProducer({
      prepare: () => undefined,
      collect: () => snapshot,
    }).collect();
    const theirs = ProtobufMetricsSerializer.serializeRequest(resourceMetrics as ResourceMetrics);
    expect(readMetricsRequest(onlyRequest(snapshot))).toEqual(readMetricsRequest(theirs!));
  },
);

test("each scope's metrics arrive under its name, version and schema, also where requests are split between or within them (R-M3)", () => {
  const { resource, timeMs, scopes } = busyMetrics().metrics.reader("cumulative").collect();
  const [own] = scopes;
  const snapshot: MetricsSnapshot = {
    resource,
    timeMs,
    scopes: [
      own!,
      { scope: { name: "shop", version: "2.0.0", schemaUrl: "https://example.test/shop" }, metrics: own!.metrics },
      { scope: { name: "", version: "" }, metrics: own!.metrics },
    ],
  };
  const points = decodeMetricsRequest(onlyRequest(snapshot));
  expect(new Set(points.map(({ scope }) => `${scope.name} ${scope.version} ${scope.schemaUrl}`))).toEqual(
    new Set(["@gossamer/core 1.2.3 ", "shop 2.0.0 https://example.test/shop", "  "]),
  );
  for (const bounds of [
    { maxPoints: 1e9, maxBytes: 1_500 },
    { maxPoints: 4, maxBytes: 1e9 },
  ]) {
    const requests = writeMetricsRequests(snapshot, bounds);
    expect(requests.length).toBeGreaterThan(3);
    for (const { bytes } of requests) expect(bytes.length).toBeLessThanOrEqual(bounds.maxBytes);
    expect(requests.flatMap(({ bytes }) => decodeMetricsRequest(bytes))).toEqual(points);
  }
});

test("a negative whole number survives the wire (R-M4)", () => {
  const points = decodeMetricsRequest(onlyRequest(busyMetrics().metrics.reader("cumulative").collect()));
  expect(points.filter(({ name }) => name.endsWith("queue.size")).map(({ value }) => Number(value))).toEqual([12, -3]);
});

test("nothing counted is no request at all (R-M4)", () => {
  expect(writeMetricsRequests(testMetrics().metrics.reader("cumulative").collect(), unbounded)).toEqual([]);
});

test("no request holds more points than allowed, and together they hold each once (R-M4)", () => {
  const snapshot = manySeries(50);
  const requests = writeMetricsRequests(snapshot, { maxPoints: 7, maxBytes: 1e9 });
  expect(requests.map(({ points }) => points)).toEqual([7, 7, 7, 7, 7, 7, 7, 1]);
  expect(requests.flatMap(({ bytes }) => decodeMetricsRequest(bytes))).toEqual(
    decodeMetricsRequest(onlyRequest(snapshot)),
  );
});

test.for([1000, 2000, 4000, 9000])(
  "no request is larger than %i bytes, and together they hold each point once (R-M4)",
  (maxBytes) => {
    const snapshot = manySeries(50);
    const requests = writeMetricsRequests(snapshot, { maxPoints: 1e9, maxBytes });
    expect(requests.length).toBeGreaterThan(1);
    for (const { bytes, points } of requests) {
      expect(bytes.length).toBeLessThanOrEqual(maxBytes);
      expect(decodeMetricsRequest(bytes)).toHaveLength(points);
    }
    expect(requests.flatMap(({ bytes }) => decodeMetricsRequest(bytes))).toEqual(
      decodeMetricsRequest(onlyRequest(snapshot)),
    );
  },
);

test("a single point larger than a request may be goes alone (R-M4)", () => {
  const requests = writeMetricsRequests(manySeries(3), { maxPoints: 10, maxBytes: 10 });
  expect(requests.map(({ points }) => points)).toEqual([1, 1, 1, 1]);
});

function manySeries(series: number): MetricsSnapshot {
  const { metrics, routes } = testMetrics();
  for (let i = 1; i < series; i++)
    metrics.http.series(routes.get(`/route/${i}`), get, "http", 200, undefined).record(i);
  metrics.http.started(get, "http");
  if (series === 3) metrics.http.series(routes.get("/route"), get, "http", undefined, undefined).aborted();
  return metrics.reader("cumulative").collect();
}

function nanos(epochMs: number): bigint {
  const whole = Math.floor(epochMs);
  return BigInt(whole) * 1_000_000n + BigInt(Math.round((epochMs - whole) * 1e6));
}

test("exemplars arrive with value, time and ids, on histograms and sums (R-M5)", () => {
  const { metrics, routes, clock } = testMetrics({
    exemplars: {
      filter: "traced",
      find: () => ({ t0: 1, t1: 2, t2: 3, t3: 4, s0: 5, s1: 6, fate: "written", whenWritten() {} }),
    },
  });
  const series = metrics.http.series(routes.get("/a"), get, "http", 200, undefined);
  series.record(0.3);
  const timeMs = clock.epochMs(0);
  series.offer({ value: 0.3, timeMs, span: { t0: -1, t1: 2, t2: 3, t3: 4, s0: 5, s1: -6 }, isNotable: false });
  metrics.meterProvider.getMeter("shop").createCounter("orders").add(2);
  const request = readMetricsRequest(onlyRequest(metrics.reader("cumulative").collect()));
  const [own, shop] = request.resourceMetrics[0]!.scopeMetrics.map((scope) => scope.metrics[0]);
  const common = { timeUnixNano: String(nanos(timeMs)), filteredAttributes: [], value: "asDouble" };
  expect(own?.histogram?.dataPoints[0]).toMatchObject({
    exemplars: [
      {
        ...common,
        asDouble: 0.3,
        traceId: Buffer.from("ffffffff000000020000000300000004", "hex"),
        spanId: Buffer.from("00000005fffffffa", "hex"),
      },
    ],
  });
  expect(shop?.sum?.dataPoints[0]).toMatchObject({
    exemplars: [{ ...common, asDouble: 2, spanId: Buffer.from("0000000500000006", "hex") }],
  });
});

test("an exponential histogram decodes equal to the SDK's of the same values, scale, offset and every bucket (R-L7)", async () => {
  const { metrics } = testMetrics({ views: [{ instrument: "size", aggregation: "exponential" }] });
  const sdkReader = new IdleReader();
  const provider = new MeterProvider({
    readers: [sdkReader],
    views: [{ instrumentName: "size", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  for (const api of [metrics.meterProvider, provider]) {
    const size = api.getMeter("shop").createHistogram("size", { unit: "By" });
    for (const value of [0, 0, 1e-3, 1, 1.5, 2, 3, 4.25, 1_000, 123_456.7, 8]) size.record(value, { a: 1 });
  }
  const { resourceMetrics } = await sdkReader.collect();
  const theirs = readMetricsRequest(ProtobufMetricsSerializer.serializeRequest(resourceMetrics)!);
  const ours = readMetricsRequest(onlyRequest(metrics.reader("cumulative").collect()));
  const metricIn = (request: typeof ours): object => {
    const metric = structuredClone(request.resourceMetrics[0]!.scopeMetrics[0]!.metrics[0]!) as unknown as {
      exponentialHistogram: { dataPoints: object[] };
    };
    const [point] = metric.exponentialHistogram.dataPoints;
    Object.assign(point!, { startTimeUnixNano: "", timeUnixNano: "" });
    return metric;
  };
  expect(metricIn(ours)).toEqual(metricIn(theirs));
  const { resourceMetrics: produced } = await createMetricProducer(metrics.reader("cumulative")).collect();
  const again = readMetricsRequest(ProtobufMetricsSerializer.serializeRequest(produced as ResourceMetrics)!);
  expect(metricIn(again)).toEqual(metricIn(ours));
});

class IdleReader extends MetricReader {
  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}
