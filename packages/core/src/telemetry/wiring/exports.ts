import { writeMetricsRequests } from "../../otlp/metrics-writer.ts";
import type { EncodedChunk } from "../../otlp/encoded-chunk.ts";
import type { Metrics } from "../../metrics/metrics.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { Resource } from "../../model/resource.ts";
import type { Settings } from "../../options/settle/settings.ts";
import { CollectorLog } from "../../pipeline/log/collector-log.ts";
import type { FinishedTry } from "../../pipeline/delivery/exporter.ts";
import type { ExportPipeline } from "../../pipeline/export-pipeline.ts";
import { createSender } from "../../pipeline/transport/create-sender.ts";
import { PeriodicExport } from "../../pipeline/periodic-export.ts";
import type { Sender } from "../../pipeline/transport/sender.ts";
import type { Tally } from "../../tally/tally.ts";
import type { SpanSink } from "../../tracing/span/span-sink.ts";
import { createBreaker } from "./create-breaker.ts";
import { createTraceExport } from "./trace-export.ts";

/** Where telemetry goes. */
export interface Exports {
  readonly sink: SpanSink;
  readonly traces: ExportPipeline<EncodedChunk> | undefined;
  readonly metrics: PeriodicExport | undefined;
}

export interface ExportsParts {
  readonly settings: Settings;
  readonly resource: Resource;
  readonly metrics: Metrics;
  readonly diagnostics: Diagnostics;
  /** Takes spans that could not be written, by reason. */
  readonly spanDrops: Tally;
  /** Bytes of spans that have ended and wait for the end of their job or request: they count in the memory for telemetry. */
  readonly heldBytes: () => number;
  /** Told of every export of spans that is over. */
  readonly tried: (tried: FinishedTry) => void;
}

/** Points of one request for metrics: some hundred kilobytes. */
const metricsRequestBounds = { maxPoints: 2_000, maxBytes: 1_048_576 };

const nowhere: SpanSink = { write() {} };

/** Makes the way out for each signal that has one. Throws for an address that is none. */
export function createExports(parts: ExportsParts): Exports {
  const { settings, diagnostics } = parts;
  const { otlp, exporters } = settings;
  const logs = new Map<string, CollectorLog>();

  function collectorLog(url: string, endpointGiven: boolean): CollectorLog {
    const collector = new URL(url).origin;
    const log = logs.get(collector) ?? new CollectorLog({ collector, endpointGiven, diagnostics });
    logs.set(collector, log);
    return log;
  }

  function sender(target: typeof otlp.traces): Sender {
    return createSender(target.protocol, { ...otlp, ...target });
  }

  const traces =
    settings.enabled && settings.traces && exporters.traces.length > 0
      ? createTraceExport({
          ...parts,
          otlpSender: () => sender(otlp.traces),
          otlpLog: () => collectorLog(otlp.traces.url, otlp.traces.endpointGiven),
        })
      : undefined;
  const metrics =
    settings.enabled && settings.metrics && exporters.metrics === "otlp"
      ? createMetricExport(parts, sender(otlp.metrics), collectorLog(otlp.metrics.url, otlp.metrics.endpointGiven))
      : undefined;
  return { sink: traces?.sink ?? nowhere, traces: traces?.pipeline, metrics };
}

function createMetricExport(
  { settings, metrics, diagnostics }: ExportsParts,
  sender: Sender,
  collectorLog: CollectorLog,
): PeriodicExport {
  const { otlp, temporality, metricIntervalMs, metricTimeoutMs, clock } = settings;
  const reader = metrics.reader(temporality);
  return new PeriodicExport({
    unit: "data points",
    intervalMs: metricIntervalMs,
    temporality,
    prepare: reader.prepare,
    collect: () =>
      writeMetricsRequests(reader.collect(), metricsRequestBounds).map(({ bytes, points }) => ({
        parts: [bytes],
        items: points,
      })),
    retry: { ...otlp.retry, totalMs: Math.min(otlp.retry.totalMs, metricTimeoutMs) },
    sender,
    endpointGiven: otlp.metrics.endpointGiven,
    collectorLog,
    // Its own, and without a line: the collector's trouble is said already, once for all signals.
    breaker: createBreaker(settings, () => {}),
    diagnostics,
    now: () => clock.now(),
  });
}
