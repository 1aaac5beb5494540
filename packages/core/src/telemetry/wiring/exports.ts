import type { Timed } from "../../governor/cost-meter.ts";
import { timedSender } from "../../governor/timed-sender.ts";
import { writeMetricsRequests } from "../../otlp/metrics-writer.ts";
import type { EncodedChunk } from "../../otlp/encoded-chunk.ts";
import type { Metrics } from "../../metrics/metrics.ts";
import type { StatsdExport } from "../../metrics/statsd/statsd-export.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { Resource } from "../../model/resource.ts";
import type { Settings } from "../../options/settle/settings.ts";
import { CollectorLog } from "../../pipeline/log/collector-log.ts";
import type { FinishedTry } from "../../pipeline/delivery/exporter.ts";
import type { ExportPipeline } from "../../pipeline/export-pipeline.ts";
import { grpcSender } from "../../pipeline/transport/grpc-sender.part.ts";
import { HttpSender } from "../../pipeline/transport/http-sender.ts";
import { PeriodicExport } from "../../pipeline/periodic-export.ts";
import type { Sender } from "../../pipeline/transport/sender.ts";
import type { Tally } from "../../tally/tally.ts";
import type { SpanSink } from "../../tracing/span/span-sink.ts";
import { statsdExport } from "../optional/statsd-export.part.ts";
import { createBreaker } from "./create-breaker.ts";
import { createLogExport, type LogExport, type LogExportParts } from "./log-records.part.ts";
import { createTraceExport } from "./trace-export.ts";

/** Where telemetry goes. */
export interface Exports {
  readonly sink: SpanSink;
  readonly traces: ExportPipeline<EncodedChunk> | undefined;
  readonly metrics: PeriodicExport | undefined;
  readonly statsd: StatsdExport | undefined;
  /** Makes the way of log records; undefined where they are not exported. */
  readonly openLogs: ((parts: OpenLogsParts) => LogExport) | undefined;
}

/** What the way of log records needs besides. */
export type OpenLogsParts = Pick<LogExportParts, "drops" | "heldBytes">;

export interface ExportsParts {
  readonly settings: Settings;
  readonly resource: Resource;
  readonly metrics: Metrics;
  /** From 0 to below 1. */
  readonly chance: () => number;
  readonly timed: Timed;
  /** As it holds now. */
  readonly gzipLevel: () => number;
  readonly diagnostics: Diagnostics;
  /** Takes spans that could not be written, by reason. */
  readonly spanDrops: Tally;
  /** Bytes of spans that have ended and wait for the end of their job or request: they count in the memory for telemetry. */
  readonly heldBytes: () => number;
  /** Bytes of log records on their way: they count in it too. */
  readonly logBytes: () => number;
  /** Told of every export of spans or log records that is over. */
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

  function sender(target: typeof otlp.traces, part?: "metrics"): Sender {
    const senderSettings = {
      ...otlp,
      ...target,
      get gzipLevel() {
        return parts.gzipLevel();
      },
    };
    const made = target.protocol === "grpc" ? grpcSender(senderSettings) : new HttpSender(senderSettings);
    return timedSender(made, parts.timed, part);
  }

  const traces =
    settings.enabled && settings.traces && exporters.traces.length > 0
      ? createTraceExport({
          ...parts,
          heldBytes: () => parts.heldBytes() + parts.logBytes(),
          otlpSender: () => sender(otlp.traces),
          otlpLog: () => collectorLog(otlp.traces.url, otlp.traces.endpointGiven),
        })
      : undefined;
  // Before other readers of deltas: samples are kept for the first of them.
  const statsd =
    settings.enabled && settings.metrics && settings.statsd !== undefined
      ? statsdExport(settings.statsd, { ...parts, clock: settings.clock })
      : undefined;
  const metrics =
    settings.enabled && settings.metrics && exporters.metrics === "otlp"
      ? createMetricExport(
          parts,
          sender(otlp.metrics, "metrics"),
          collectorLog(otlp.metrics.url, otlp.metrics.endpointGiven),
        )
      : undefined;
  const openLogs = ({ drops, heldBytes }: OpenLogsParts): LogExport =>
    createLogExport({
      ...parts,
      drops,
      heldBytes: () => heldBytes() + parts.heldBytes() + (traces?.pipeline.ownBytes ?? 0),
      sender: sender(otlp.logs),
      collectorLog: collectorLog(otlp.logs.url, otlp.logs.endpointGiven),
      tried: (tried) => parts.tried({ ...tried, exporter: `${tried.exporter}-logs` }),
    });
  return {
    sink: traces?.sink ?? nowhere,
    traces: traces?.pipeline,
    metrics,
    statsd,
    openLogs: settings.enabled && exporters.logs === "otlp" ? openLogs : undefined,
  };
}

function createMetricExport(
  { settings, metrics, diagnostics, timed }: ExportsParts,
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
      timed("metrics", () =>
        writeMetricsRequests(reader.collect(), metricsRequestBounds).map(({ bytes, points }) => ({
          parts: [bytes],
          items: points,
        })),
      ),
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
