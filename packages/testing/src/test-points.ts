import type { Telemetry } from "@gossamer/core";

type Produced = Awaited<ReturnType<ReturnType<Telemetry["metricProducer"]>["collect"]>>;

/** One series of a metric, as it stands. */
export interface TestPoint {
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Of a counter or gauge its value, of a histogram the sum of what it counted. */
  readonly value: number;
  /** How many values a histogram counted; undefined for other metrics. */
  readonly count: number | undefined;
}

/** The points of one metric among all that was produced. */
export function readProducedPoints({ resourceMetrics }: Produced, metric: string): TestPoint[] {
  const found = resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .find(({ descriptor }) => descriptor.name === metric);
  if (found === undefined) return [];
  if (found.dataPointType === 0 || found.dataPointType === 1) {
    const histograms: readonly { attributes: TestPoint["attributes"]; value: { sum: number; count: number } }[] =
      found.dataPoints;
    return histograms.map(({ attributes, value: { sum, count } }) => ({ attributes, value: sum, count }));
  }
  return found.dataPoints.map(({ attributes, value }) => ({ attributes, value, count: undefined }));
}
