import type { LoggedService, RequestLine } from "@gossamer/core";
import { errorText } from "./error-text.ts";
import type { Fields, FieldStyle } from "./field-style.ts";
import { hostBase } from "./host-base.ts";

const nanosecondsAMillisecond = 1e6;
const datadogDigits = 16;

/**
 * The names of Datadog's standard attributes. Ids are the lower 64 bits in decimal, as its log correlation expects.
 *
 * Source: https://docs.datadoghq.com/tracing/other_telemetry/connect_logs_and_traces/opentelemetry/
 */
export function datadogFields({ name, version, environment }: LoggedService): FieldStyle {
  const ids = (traceId: string, spanId: string): Fields => ({
    dd: { trace_id: decimal(traceId), span_id: decimal(spanId), service: name, env: environment, version },
  });
  return {
    pino: {
      base: { ...hostBase(), service: name, env: environment, version },
      messageKey: "message",
      errorKey: "error",
      formatters: { level: (label) => ({ level: label }) },
    },
    error(error) {
      const { type, message, stack } = errorText(error);
      return { kind: type, message, stack };
    },
    trace: ids,
    series: (line) => ({
      "http.method": line.method,
      "http.route": line.route,
      "http.status_code": line.statusCode,
    }),
    request: (line) => ({ ...ids(line.traceId, line.spanId), ...requestFields(line) }),
  };
}

function requestFields(line: RequestLine): Fields {
  return {
    duration: Math.round(line.durationMs * nanosecondsAMillisecond),
    "network.bytes_read": line.requestBytes,
    "network.bytes_written": line.responseBytes,
    "http.url_details.path": line.path,
    "error.type": line.errorType,
    "sampling.reason": line.samplingReason,
  };
}

function decimal(hex: string): string {
  return BigInt(`0x${hex.slice(-datadogDigits)}`).toString();
}
