import type { LoggedService, RequestLine } from "@gossamer/core";
import { type Fields, type FieldStyle, hexFlags } from "./field-style.ts";
import { hostBase } from "./host-base.ts";

/**
 * The names of OpenTelemetry: of trace context in logs that are not OTLP, and of the HTTP conventions. Level, time and message are pino's.
 *
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/
 */
export function openTelemetryFields(service: LoggedService): FieldStyle {
  return {
    pino: { base: { ...hostBase(), "service.name": service.name } },
    error: undefined,
    trace: (traceId, spanId, flags) =>
      flags === undefined
        ? { trace_id: traceId, span_id: spanId }
        : { trace_id: traceId, span_id: spanId, trace_flags: hexFlags(flags) },
    series: (line) => ({
      "http.request.method": line.method,
      "http.route": line.route,
      "http.response.status_code": line.statusCode,
    }),
    request: requestFields,
  };
}

function requestFields(line: RequestLine): Fields {
  return {
    trace_id: line.traceId,
    span_id: line.spanId,
    trace_flags: hexFlags(line.traceFlags),
    duration_ms: toMicroseconds(line.durationMs),
    stream_ms: line.streamMs === undefined ? undefined : toMicroseconds(line.streamMs),
    "http.request.body.size": line.requestBytes,
    "http.response.body.size": line.responseBytes,
    "url.path": line.path,
    "error.type": line.errorType,
    "sampling.reason": line.samplingReason,
  };
}

/** Three digits behind the point say all that there is to know. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
