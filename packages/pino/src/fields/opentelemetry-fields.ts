import type { LoggedService } from "@gossamer/core";
import { type FieldStyle, hexFlags, httpSeries, type LineField, words } from "./field-style.ts";
import { hostBase } from "./host-base.ts";

/**
 * The names of OpenTelemetry: of trace context in logs that are not OTLP, and of the HTTP conventions. Level, time and message are pino's.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
 */
export function openTelemetryFields(service: () => LoggedService): FieldStyle {
  return {
    pino: () => ({ base: { ...hostBase(), "service.name": service().name } }),
    error: undefined,
    trace: (traceId, spanId, flags) =>
      flags === undefined
        ? { trace_id: traceId, span_id: spanId }
        : { trace_id: traceId, span_id: spanId, trace_flags: hexFlags(flags) },
    series: httpSeries,
    request,
  };
}

const request: readonly LineField[] = [
  { key: "trace_id", read: ({ traceId }) => traceId, isPlain: true },
  { key: "span_id", read: ({ spanId }) => spanId, isPlain: true },
  { key: "trace_flags", read: ({ traceFlags }) => hexFlags(traceFlags), isPlain: true },
  {
    key: "duration_ms",
    read: ({ durationMs }) => toMicroseconds(durationMs),
    readText: ({ durationMs }) => msText(durationMs),
  },
  { key: "stream_ms", read: ({ streamMs }) => (streamMs === undefined ? undefined : toMicroseconds(streamMs)) },
  { key: "http.request.body.size", read: ({ requestBytes }) => requestBytes },
  { key: "http.response.body.size", read: ({ responseBytes }) => responseBytes },
  { key: "url.path", read: ({ path }) => path },
  ...words,
];

/** What follows the point, by thousandths. */
const fractions: readonly string[] = Array.from({ length: 1000 }, (_, i) => String(i / 1000).slice(1));

/** Three weeks. */
const maxShort = 1_814_400e6;

/** The same number as text: JavaScript takes long to write one with a point. */
function msText(ms: number): string {
  const microseconds = Math.round(ms * 1000);
  // From a clock of the service's there may come anything.
  if (!(microseconds >= 0 && microseconds < maxShort)) return JSON.stringify(toMicroseconds(ms));
  // An integer of 32 bits: one that might have a point takes longer to be written.
  const whole = (microseconds / 1000) | 0;
  return `${whole}${fractions[microseconds - whole * 1000] ?? ""}`;
}

/** Three digits behind the point say all that there is to know. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
