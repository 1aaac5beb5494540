import type { LoggedService } from "@gossamer/core";
import { type FieldStyle, hexFlags, httpSeries, type LineField, type LineLead, words } from "./field-style.ts";
import { hostBase } from "./host-base.ts";
import { timeText } from "./time-text.ts";

/**
 * The names of OpenTelemetry: of trace context in logs that are not OTLP, and of the HTTP conventions. Level, time and message are pino's.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
 */
export function openTelemetryFields(service: () => LoggedService): FieldStyle {
  return {
    pino: () => ({ base: { ...hostBase(), "service.name": service().name }, timestamp: epochTime }),
    error: undefined,
    trace: (traceId, spanId, flags) =>
      flags === undefined
        ? { trace_id: traceId, span_id: spanId }
        : { trace_id: traceId, span_id: spanId, trace_flags: hexFlags(flags) },
    series: httpSeries,
    request,
    lead,
  };
}

/** As pino's own, of two short numbers: JavaScript takes long to write one of thirteen digits. */
const epochTime = timeText((epochMs) => {
  const isUsual = epochMs > 999 && epochMs % 1 === 0;
  return `,"time":${isUsual ? Math.floor(epochMs / 1000) + String(1000 + (epochMs % 1000)).slice(1) : epochMs}`;
});

const request: readonly LineField[] = [
  { key: "trace_id", read: ({ traceId }) => traceId },
  { key: "span_id", read: ({ spanId }) => spanId },
  { key: "trace_flags", read: ({ traceFlags }) => hexFlags(traceFlags) },
  { key: "duration_ms", read: ({ durationMs }) => toMicroseconds(durationMs) },
  { key: "stream_ms", read: ({ streamMs }) => streamMs && toMicroseconds(streamMs) },
  { key: "http.request.body.size", read: ({ requestBytes }) => requestBytes },
  { key: "http.response.body.size", read: ({ responseBytes }) => responseBytes },
  { key: "url.path", read: ({ path }) => path },
  ...words,
];

const lead: LineLead = ({ traceId, spanId, traceFlags, durationMs }) =>
  `,"trace_id":"${traceId}","span_id":"${spanId}","trace_flags":"${hexFlags(traceFlags)}","duration_ms":${msText(durationMs)}`;

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
