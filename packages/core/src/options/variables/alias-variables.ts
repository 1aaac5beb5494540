import type { PresetName } from "../declare/preset-table.ts";
import type { VariableReader } from "./variable-reader.ts";
import { decimal, milliseconds, trueOrFalse, wholeNumber } from "./variable-text.ts";

/** Names of older guides for what has a standard variable now. Read first, so that the standard one wins where both are set. */
const aliases: readonly (readonly [variable: string, option: string, parse: (text: string) => unknown])[] = [
  ["OTEL_TRACING_ENABLED", "traces", trueOrFalse],
  ["OTEL_TRACING_SAMPLE_RATE", "sampleRatio", decimal],
  ["OTEL_TRACING_BATCH_SIZE", "batch.maxSpans", wholeNumber],
  ["OTEL_TRACING_BATCH_TIMEOUT", "batch.delayMs", milliseconds],
  ["OTEL_TRACING_QUEUE_SIZE", "queue.maxSpans", wholeNumber],
  ["OTEL_METRICS_BATCH_TIMEOUT", "metricIntervalMs", milliseconds],
];

/** What `OTEL_PERFORMANCE_PROFILE` means. */
export const profiles: Readonly<Record<string, PresetName>> = {
  low: "constrained",
  medium: "low-latency",
  high: "high-throughput",
};

/** Followed nowhere, each with what holds instead. */
const notFollowed: readonly (readonly [variable: string, instead: string])[] = [
  ["OTEL_METRICS_SAMPLE_RATE", "metrics are exact, every request is counted"],
  ["OTEL_PROCESSOR_TYPE", "export is always in batches and apart from requests"],
  ["OTEL_EXPORTER_PROMETHEUS_HOST", "serve the handler telemetry.prometheus() where you want it"],
  ["OTEL_EXPORTER_PROMETHEUS_PORT", "serve the handler telemetry.prometheus() where you want it"],
];

/** Reads the variables of older guides, and says of those that are not followed what holds instead. */
export function readAliasVariables(reader: VariableReader): void {
  for (const [variable, option, parse] of aliases) reader.putChecked(option, variable, parse);
  readProfile(reader);
  for (const [variable, instead] of notFollowed) {
    if (reader.text(variable) !== undefined) reader.unsupported(`${variable} is not supported: ${instead}`);
  }
}

function readProfile(reader: VariableReader): void {
  const variable = "OTEL_PERFORMANCE_PROFILE";
  const text = reader.text(variable)?.toLowerCase();
  if (text === undefined) return;
  const preset = Object.hasOwn(profiles, text) ? profiles[text] : undefined;
  if (preset === undefined) reader.refuse(variable, "low, medium or high", text);
  else reader.put("preset", variable, preset);
}
