import { writeMetricsRequests } from "../otlp/metrics-writer.ts";
import type { SpanChunk } from "../otlp/span-chunk.ts";
import { SpanOutlet } from "../otlp/span-outlet.ts";
import { splitSpanChunk } from "../otlp/split-span-chunk.ts";
import { traceRequestParts } from "../otlp/trace-request.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Diagnostics } from "../model/diagnostics.ts";
import type { Resource } from "../model/resource.ts";
import type { Settings } from "../options/settings.ts";
import type { Chunk, ChunkPriority } from "../pipeline/chunk.ts";
import { CollectorLog } from "../pipeline/collector-log.ts";
import { ExportPipeline } from "../pipeline/export-pipeline.ts";
import { createSender } from "../pipeline/create-sender.ts";
import { PeriodicExport } from "../pipeline/periodic-export.ts";
import type { Sender } from "../pipeline/sender.ts";
import type { Tally } from "../tally/tally.ts";
import type { SpanSink } from "../tracing/span-sink.ts";

/** Where telemetry goes. */
export interface Exports {
  readonly sink: SpanSink;
  readonly traces: ExportPipeline<SpanChunk> | undefined;
  readonly metrics: PeriodicExport | undefined;
}

export interface ExportsParts {
  readonly settings: Settings;
  readonly resource: Resource;
  readonly metrics: Metrics;
  readonly diagnostics: Diagnostics;
  /** Takes spans that could not be written, by reason. */
  readonly spanDrops: Tally;
}

/** Points of one request for metrics: some hundred kilobytes. */
const metricsRequestBounds = { maxPoints: 2_000, maxBytes: 1_048_576 };
/** A chunk is part of a batch; this many bytes waste little when the last one is half full. */
const maxChunkBytes = 65_536;

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
    const { gzipLevel, connectTimeoutMs, connections } = otlp;
    return createSender(target.protocol, { ...target, gzipLevel, connectTimeoutMs, connections });
  }

  const traces =
    settings.enabled && settings.traces && exporters.traces === "otlp"
      ? createTraceExport(parts, sender(otlp.traces), collectorLog(otlp.traces.url, otlp.traces.endpointGiven))
      : undefined;
  const metrics =
    settings.enabled && settings.metrics && exporters.metrics === "otlp"
      ? createMetricExport(parts, sender(otlp.metrics), collectorLog(otlp.metrics.url, otlp.metrics.endpointGiven))
      : undefined;
  return { sink: traces?.outlet ?? nowhere, traces: traces?.pipeline, metrics };
}

function createTraceExport(
  { settings, resource, diagnostics, spanDrops }: ExportsParts,
  sender: Sender,
  collectorLog: CollectorLog,
): { outlet: SpanOutlet; pipeline: ExportPipeline<SpanChunk> } {
  const { queue, batch, otlp, clock } = settings;
  const outlet = new SpanOutlet({
    maxSpans: batch.maxSpans,
    maxBytes: Math.min(batch.maxBytes, maxChunkBytes),
    clock,
    add: (chunk, sinceMs) => pipeline.add(chunk, sinceMs),
    dropped: (reason) => spanDrops.add(reason),
    unwritable: () => spanDrops.add("unwritable"),
  });
  const pipeline = new ExportPipeline<SpanChunk>({
    unit: "spans",
    settings: {
      queue: { maxItems: queue.maxSpans, maxBytes: queue.maxBytes },
      batch: { maxItems: batch.maxSpans, maxBytes: batch.maxBytes, delayMs: batch.delayMs },
      retry: otlp.retry,
      maxConcurrentExports: otlp.maxConcurrentExports,
    },
    source: outlet,
    assemble: (chunks) =>
      traceRequestParts(
        resource,
        chunks.map(({ payload }) => payload),
      ),
    split: ({ payload, priority }) => {
      const halves = splitSpanChunk(payload);
      return halves && [toChunk(halves[0], priority), toChunk(halves[1], priority)];
    },
    sender,
    endpointGiven: otlp.traces.endpointGiven,
    collectorLog,
    diagnostics,
    now: () => clock.now(),
  });
  return { outlet, pipeline };
}

function toChunk(payload: SpanChunk, priority: ChunkPriority): Chunk<SpanChunk> {
  return { payload, items: payload.ends.length, bytes: payload.bytes.byteLength, priority };
}

function createMetricExport(
  { settings, metrics, diagnostics }: ExportsParts,
  sender: Sender,
  collectorLog: CollectorLog,
): PeriodicExport {
  const { otlp, temporality, metricIntervalMs, metricTimeoutMs, clock } = settings;
  return new PeriodicExport({
    unit: "data points",
    intervalMs: metricIntervalMs,
    temporality,
    collect: () =>
      writeMetricsRequests(metrics.collect(temporality), metricsRequestBounds).map(({ bytes, points }) => ({
        parts: [bytes],
        items: points,
      })),
    retry: { ...otlp.retry, totalMs: Math.min(otlp.retry.totalMs, metricTimeoutMs) },
    sender,
    endpointGiven: otlp.metrics.endpointGiven,
    collectorLog,
    diagnostics,
    now: () => clock.now(),
  });
}
