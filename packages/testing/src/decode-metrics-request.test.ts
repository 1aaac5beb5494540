import { describe, expect, it } from "vitest";
import { decodeMetricsRequest } from "./decode-metrics-request.ts";
import { otlpSchema } from "./otlp-schema.ts";

function encoded(...metrics: object[]): Uint8Array {
  return otlpSchema.metrics.v1.ExportMetricsServiceRequest.encode({
    resourceMetrics: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] },
        scopeMetrics: [{ scope: { name: "scope", version: "1" }, metrics }],
      },
    ],
  }).finish();
}

const times = { startTimeUnixNano: "1700000000000000001", timeUnixNano: "1700000000000000002" };

describe("decodeMetricsRequest", () => {
  it("reads counts, sum, min, max, bounds, times and temporality of a histogram (R-A6)", () => {
    const bytes = encoded({
      name: "http.server.request.duration",
      unit: "s",
      description: "Duration",
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [
          {
            ...times,
            attributes: [{ key: "http.request.method", value: { stringValue: "GET" } }],
            count: 3,
            sum: 0,
            min: 0.25,
            max: 4,
            bucketCounts: [1, 0, 2],
            explicitBounds: [0.5, 1],
          },
        ],
      },
    });
    expect(decodeMetricsRequest(bytes)).toEqual([
      {
        name: "http.server.request.duration",
        unit: "s",
        description: "Duration",
        kind: "histogram",
        temporality: "cumulative",
        monotonic: false,
        attributes: { "http.request.method": "GET" },
        startTimeUnixNano: 1_700_000_000_000_000_001n,
        timeUnixNano: 1_700_000_000_000_000_002n,
        value: undefined,
        count: 3,
        sum: 0,
        min: 0.25,
        max: 4,
        bucketCounts: [1, 0, 2],
        bounds: [0.5, 1],
        exponential: undefined,
        quantiles: [],
        scope: { name: "scope", version: "1", attributes: {}, schemaUrl: "" },
        resource: { "service.name": "shop" },
        resourceSchemaUrl: "",
      },
    ]);
  });

  it("tells a sum of zero from no sum at all (R-A6)", () => {
    const histogram = { aggregationTemporality: 1, dataPoints: [{ ...times, count: 1, bucketCounts: [1] }] };
    const [point] = decodeMetricsRequest(encoded({ name: "h", histogram }));
    expect(point).toMatchObject({ temporality: "delta", sum: undefined, min: undefined, max: undefined });
  });

  it("reads sums and gauges, integers and doubles (R-A6)", () => {
    const points = decodeMetricsRequest(
      encoded(
        {
          name: "counter",
          sum: { isMonotonic: true, aggregationTemporality: 1, dataPoints: [{ ...times, asInt: 7 }] },
        },
        { name: "gauge", gauge: { dataPoints: [{ ...times, asDouble: 0 }] } },
      ),
    );
    expect(points).toMatchObject([
      { name: "counter", kind: "sum", monotonic: true, temporality: "delta", value: 7 },
      { name: "gauge", kind: "gauge", monotonic: false, temporality: undefined, value: 0 },
    ]);
  });

  it("refuses a histogram or sum whose temporality is not said (R-A6)", () => {
    expect(() => decodeMetricsRequest(encoded({ name: "c", sum: { dataPoints: [] } }))).toThrow("got 0");
  });

  it("reads scale, zeros and both sides of an exponential histogram, and a side that is not there as empty (R-A6)", () => {
    const dataPoints = [
      {
        ...times,
        count: 7,
        sum: 9.5,
        min: -1,
        max: 4,
        scale: -2,
        zeroCount: 1,
        zeroThreshold: 0.001,
        positive: { offset: -3, bucketCounts: [1, 0, 2] },
        negative: { offset: 4, bucketCounts: [3] },
      },
      { ...times, count: 1, zeroCount: 1 },
    ];
    const exponentialHistogram = { aggregationTemporality: 1, dataPoints };
    expect(decodeMetricsRequest(encoded({ name: "e", exponentialHistogram }))).toMatchObject([
      {
        kind: "exponential-histogram",
        temporality: "delta",
        count: 7,
        sum: 9.5,
        min: -1,
        max: 4,
        bucketCounts: [],
        exponential: {
          scale: -2,
          zeroCount: 1,
          zeroThreshold: 0.001,
          positive: { offset: -3, counts: [1, 0, 2] },
          negative: { offset: 4, counts: [3] },
        },
      },
      { sum: undefined, exponential: { positive: { offset: 0, counts: [] }, negative: { offset: 0, counts: [] } } },
    ]);
  });

  it("reads count, sum and quantiles of a summary (R-A6)", () => {
    const quantileValues = [
      { quantile: 0.5, value: 2 },
      { quantile: 1, value: 3 },
    ];
    const dataPoints = [{ ...times, count: 3, sum: 6, quantileValues }];
    expect(decodeMetricsRequest(encoded({ name: "s", summary: { dataPoints } }))).toMatchObject([
      { kind: "summary", temporality: undefined, count: 3, sum: 6, quantiles: quantileValues },
    ]);
  });

  it("refuses a metric without data, and names it (R-A6)", () => {
    expect(() => decodeMetricsRequest(encoded({ name: "s" }))).toThrow('"s"');
  });
});
