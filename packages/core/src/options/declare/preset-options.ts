import { type PresetName, presetTable } from "./preset-table.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

/**
 * A preset as a layer of options.
 *
 * What the row says of parts that have no option yet is left out: process metrics.
 */
export function presetOptions(name: PresetName): TelemetryOptions {
  const row = presetTable[name];
  return {
    sampleRatio: row.sampleRatio,
    queue: { maxSpans: row.queueSpans },
    batch: { maxSpans: row.batchSpans, delayMs: row.delayMs },
    otlp: { compression: row.gzip ? "gzip" : "none", retry: { totalMs: row.exportTimeoutMs } },
    metricIntervalMs: row.metricIntervalMs,
    // One export of metrics takes at most the interval.
    metricTimeoutMs: Math.min(row.exportTimeoutMs, row.metricIntervalMs),
    limits: { attributes: row.attributes },
    attributeSet: row.attributeSet,
    exporter: row.exporter,
    internalSpans: row.internalSpans,
    outgoingCalls: row.outgoingCalls,
    maxMemoryBytes: row.maxMemoryBytes,
    ...(row.maxSpansPerSecond === undefined ? {} : { maxSpansPerSecond: row.maxSpansPerSecond }),
  };
}
