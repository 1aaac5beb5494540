import type { NumberPoint } from "../model/metric-data.ts";
import type { OwnMetricOf } from "../metrics/catalogue/own-metrics.ts";
import { observedMetric, type OwnObservedMetric } from "../metrics/instruments/observed-metric.ts";
import type { ExportStatus } from "../pipeline/export-status.ts";

/** What the engine's own metrics are read from. */
export interface HealthReading {
  /** Those that were sampled, with the spans of requests. */
  readonly spansStarted: number;
  /** Spans of requests that were not sampled, and are kept. */
  readonly spansKept: number;
  /** Without the spans of requests, which `http.server.active_requests` counts. */
  readonly spansLive: number;
  /** Spans lost before a lane saw them, by reason. */
  readonly spanDrops: Readonly<Record<string, number>>;
  /** Of spans on their way, over all lanes. */
  readonly maxMemoryBytes: number;
  /** Undefined where spans go nowhere. */
  readonly export: ExportStatus | undefined;
  readonly logs: LogReading;
}

/** What those of log records are read from. */
export interface LogReading {
  /** Those that were written to leave. */
  readonly written: number;
  /** Those that were lost before a lane saw them, by reason. */
  readonly drops: Readonly<Record<string, number>>;
  /** Undefined where there are none. */
  readonly export: ExportStatus | undefined;
}

const breakerLevels = { closed: 0, "half-open": 0.5, open: 1 } as const;

/**
 * The engine's own health, read from its accounts when metrics are collected.
 *
 * `otel.sdk.*` as the conventions name them; what they have no name for is `gossamer.*`.
 * Source: https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
export function sdkMetrics(read: () => HealthReading): readonly OwnObservedMetric[] {
  const metric = (
    name: OwnMetricOf<"counter" | "level" | "gauge">,
    points: (reading: HealthReading) => NumberPoint[],
  ): OwnObservedMetric => observedMetric(name, () => points(read()));
  return [
    metric("otel.sdk.span.started", (reading) => [
      { attributes: { "otel.span.sampling_result": "RECORD_AND_SAMPLE" }, value: reading.spansStarted },
      { attributes: { "otel.span.sampling_result": "RECORD_ONLY" }, value: reading.spansKept },
    ]),
    metric("otel.sdk.span.live", (reading) => [
      { attributes: { "otel.span.sampling_result": "RECORD_AND_SAMPLE" }, value: reading.spansLive },
    ]),
    metric("otel.sdk.processor.span.queue.size", (reading) => lanes(reading.export, waiting)),
    metric("otel.sdk.processor.span.queue.capacity", (reading) =>
      lanes(reading.export, (lane) => lane.capacity.maxItems),
    ),
    metric("otel.sdk.processor.span.processed", (reading) => processed(reading.export, reading.spanDrops)),
    metric("otel.sdk.exporter.span.inflight", (reading) => whole(reading.export, (status) => status.inFlight)),
    metric("otel.sdk.exporter.span.exported", (reading) => exporters(reading.export, (exporter) => exporter.exported)),
    metric("gossamer.exporter.bytes", bytes),
    metric("gossamer.exporter.failures", (reading) => failures(reading.export)),
    metric("gossamer.breaker.state", (reading) =>
      exporters(reading.export, (exporter) => breakerLevels[exporter.breaker]),
    ),
    metric("gossamer.breaker.changes", (reading) => exporters(reading.export, (exporter) => exporter.breakerChanges)),
    metric("gossamer.spool.size", (reading) => whole(reading.export, (status) => status.spooled)),
    metric("gossamer.memory", (reading) => whole(reading.export, (status) => status.heldBytes)),
    metric("gossamer.memory.limit", (reading) => whole(reading.export, () => reading.maxMemoryBytes)),
    metric("otel.sdk.log.created", ({ logs }) => whole(logs.export, () => logs.written)),
    metric("otel.sdk.processor.log.queue.size", ({ logs }) => lanes(logs.export, waiting)),
    metric("otel.sdk.processor.log.queue.capacity", ({ logs }) => lanes(logs.export, (lane) => lane.capacity.maxItems)),
    metric("otel.sdk.processor.log.processed", ({ logs }) => processed(logs.export, logs.drops)),
    metric("otel.sdk.exporter.log.inflight", ({ logs }) => whole(logs.export, (status) => status.inFlight)),
    metric("otel.sdk.exporter.log.exported", ({ logs }) => exporters(logs.export, (exporter) => exporter.exported)),
  ];
}

type Lane = ExportStatus["lanes"][string];
type Exporter = ExportStatus["exporters"][number];

function lanes(status: ExportStatus | undefined, value: (lane: Lane) => number): NumberPoint[] {
  return Object.entries(status?.lanes ?? {}).map(([name, lane]) => ({
    attributes: { "gossamer.lane": name },
    value: value(lane),
  }));
}

function waiting(lane: Lane): number {
  return lane.queued + lane.writing;
}

function exporters(status: ExportStatus | undefined, value: (exporter: Exporter) => number): NumberPoint[] {
  return (status?.exporters ?? []).map((exporter) => ({
    attributes: { "otel.component.name": exporter.name },
    value: value(exporter),
  }));
}

function whole(status: ExportStatus | undefined, value: (status: ExportStatus) => number): NumberPoint[] {
  return status === undefined ? [] : [{ attributes: {}, value: value(status) }];
}

/** Those that went well, and those that were dropped by lane and reason. */
function processed(status: ExportStatus | undefined, earlyDrops: Readonly<Record<string, number>>): NumberPoint[] {
  const early = Object.entries(earlyDrops).map(([reason, value]) => ({
    attributes: { "error.type": reason },
    value,
  }));
  if (status === undefined) return early;
  const drops = Object.entries(status.lanes).flatMap(([lane, { drops: byReason }]) =>
    Object.entries(byReason).map(([reason, value]) => ({
      attributes: { "gossamer.lane": lane, "error.type": reason === "queue-full" ? "queue_full" : reason },
      value,
    })),
  );
  return [{ attributes: {}, value: status.exported }, ...early, ...drops];
}

function bytes({ export: status }: HealthReading): NumberPoint[] {
  if (status === undefined) return [];
  return [
    { attributes: { "gossamer.stage": "encoded" }, value: status.bodyBytes },
    { attributes: { "gossamer.stage": "sent" }, value: status.sentBytes },
  ];
}

function failures(status: ExportStatus | undefined): NumberPoint[] {
  return (status?.exporters ?? []).flatMap(({ name, failures: byKind }) =>
    Object.entries(byKind).map(([kind, value]) => ({
      attributes: { "otel.component.name": name, "error.type": kind },
      value,
    })),
  );
}
