import type { NumberPoint } from "../model/metric-data.ts";
import type { ObservedMetric } from "../metrics/instruments/observed-metric.ts";
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
export function sdkMetrics(read: () => HealthReading): readonly ObservedMetric[] {
  const kinds = metricKinds(read);
  return [...spanMetrics(kinds), ...logMetrics(kinds)];
}

type Points = (reading: HealthReading) => NumberPoint[];
type MakeMetric = (name: string, unit: string, description: string, points: Points) => ObservedMetric;

/** What only rises, and what may fall too. */
interface MetricKinds {
  readonly sum: MakeMetric;
  readonly level: MakeMetric;
}

function metricKinds(read: () => HealthReading): MetricKinds {
  const sum: MakeMetric = (name, unit, description, points) => ({
    name,
    unit,
    description,
    kind: "sum",
    monotonic: true,
    valueType: "int",
    read: () => points(read()),
  });
  return { sum, level: (...facts) => ({ ...sum(...facts), monotonic: false }) };
}

function spanMetrics({ sum, level }: MetricKinds): readonly ObservedMetric[] {
  return [
    sum("otel.sdk.span.started", "{span}", "The number of created spans.", (reading) => [
      { attributes: { "otel.span.sampling_result": "RECORD_AND_SAMPLE" }, value: reading.spansStarted },
      { attributes: { "otel.span.sampling_result": "RECORD_ONLY" }, value: reading.spansKept },
    ]),
    level("otel.sdk.span.live", "{span}", "The number of created spans that have not ended.", (reading) => [
      { attributes: { "otel.span.sampling_result": "RECORD_AND_SAMPLE" }, value: reading.spansLive },
    ]),
    level("otel.sdk.processor.span.queue.size", "{span}", "The number of spans in the queue.", (reading) =>
      lanes(reading.export, waiting),
    ),
    level("otel.sdk.processor.span.queue.capacity", "{span}", "The most spans the queue can hold.", (reading) =>
      lanes(reading.export, (lane) => lane.capacity.maxItems),
    ),
    sum("otel.sdk.processor.span.processed", "{span}", "The number of spans whose processing has ended.", (reading) =>
      processed(reading.export, reading.spanDrops),
    ),
    level("otel.sdk.exporter.span.inflight", "{span}", "The number of spans on their way to an exporter.", (reading) =>
      whole(reading.export, (status) => status.inFlight),
    ),
    sum("otel.sdk.exporter.span.exported", "{span}", "The number of spans that an exporter took.", (reading) =>
      exporters(reading.export, (exporter) => exporter.exported),
    ),
    sum("gossamer.exporter.bytes", "By", "Bytes of batches, before and after compression.", bytes),
    sum("gossamer.exporter.failures", "{try}", "Failed tries by kind.", (reading) => failures(reading.export)),
    {
      ...level(
        "gossamer.breaker.state",
        "{state}",
        "The state of an exporter's breaker: 0 closed, 0.5 half-open, 1 open.",
        (reading) => exporters(reading.export, (exporter) => breakerLevels[exporter.breaker]),
      ),
      kind: "gauge",
      valueType: "double",
    },
    sum("gossamer.breaker.changes", "{change}", "Changes of the state of an exporter's breaker.", (reading) =>
      exporters(reading.export, (exporter) => exporter.breakerChanges),
    ),
    level("gossamer.spool.size", "{span}", "The number of spans the fallback holds, to be sent later.", (reading) =>
      whole(reading.export, (status) => status.spooled),
    ),
    level("gossamer.memory", "By", "Memory that telemetry on its way holds.", (reading) =>
      whole(reading.export, (status) => status.heldBytes),
    ),
  ];
}

function logMetrics({ sum, level }: MetricKinds): readonly ObservedMetric[] {
  return [
    sum("otel.sdk.log.created", "{log_record}", "The number of log records that were to leave.", ({ logs }) =>
      whole(logs.export, () => logs.written),
    ),
    level("otel.sdk.processor.log.queue.size", "{log_record}", "The number of log records in the queue.", ({ logs }) =>
      lanes(logs.export, waiting),
    ),
    level(
      "otel.sdk.processor.log.queue.capacity",
      "{log_record}",
      "The most log records the queue can hold.",
      ({ logs }) => lanes(logs.export, (lane) => lane.capacity.maxItems),
    ),
    sum(
      "otel.sdk.processor.log.processed",
      "{log_record}",
      "The number of log records whose processing has ended.",
      ({ logs }) => processed(logs.export, logs.drops),
    ),
    level(
      "otel.sdk.exporter.log.inflight",
      "{log_record}",
      "The number of log records on their way to an exporter.",
      ({ logs }) => whole(logs.export, (status) => status.inFlight),
    ),
    sum(
      "otel.sdk.exporter.log.exported",
      "{log_record}",
      "The number of log records that an exporter took.",
      ({ logs }) => exporters(logs.export, (exporter) => exporter.exported),
    ),
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
