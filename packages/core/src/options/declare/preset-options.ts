import { type PresetName, type PresetRow, presetTable } from "./preset-table.ts";
import { processMetricsCheck } from "./process-metrics-check.ts";
import type { ProcessMetricsOptions, TelemetryOptions } from "./telemetry-options.ts";

/** A preset as a layer of options. */
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
    processMetrics: processMetricsOf(row),
    maxMemoryBytes: row.maxMemoryBytes,
    overhead: { target: row.overheadTarget },
    ...(row.maxSpansPerSecond === undefined ? {} : { maxSpansPerSecond: row.maxSpansPerSecond }),
  };
}

/** Checked as an option is, so that a layer has what the code has. */
function processMetricsOf({ processMetrics, loopDelayResolutionMs }: PresetRow): boolean | ProcessMetricsOptions {
  return processMetricsCheck.validate(processMetrics && { loopDelayResolutionMs }, "processMetrics");
}
