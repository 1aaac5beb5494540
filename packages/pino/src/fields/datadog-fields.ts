import type { LoggedService } from "@gossamer/core";
import { errorText } from "./error-text.ts";
import { type FieldStyle, type LineField, words } from "./field-style.ts";
import { hostBase } from "./host-base.ts";

const nanosecondsAMillisecond = 1e6;
const datadogDigits = 16;

/**
 * The names of Datadog's standard attributes. Ids are the lower 64 bits in decimal, as its log correlation expects.
 *
 * Source: https://docs.datadoghq.com/tracing/other_telemetry/connect_logs_and_traces/opentelemetry/
 */
export function datadogFields(service: () => LoggedService): FieldStyle {
  function unified(): { service: string; env: string | undefined; version: string | undefined } {
    const { name, version, environment } = service();
    return { service: name, env: environment, version };
  }
  const idsOf = (traceId: string, spanId: string): object => ({
    trace_id: decimal(traceId),
    span_id: decimal(spanId),
    ...unified(),
  });
  return {
    pino: () => ({
      base: { ...hostBase(), ...unified() },
      messageKey: "message",
      errorKey: "error",
      formatters: { level: (label) => ({ level: label }) },
    }),
    error(error) {
      const { type, message, stack } = errorText(error);
      return { kind: type, message, stack };
    },
    trace: (traceId, spanId) => ({ dd: idsOf(traceId, spanId) }),
    series,
    request: [{ key: "dd", read: ({ traceId, spanId }) => idsOf(traceId, spanId) }, ...request],
  };
}

const series: readonly LineField[] = [
  { key: "http.method", read: ({ method }) => method },
  { key: "http.route", read: ({ route }) => route },
  { key: "http.status_code", read: ({ statusCode }) => statusCode },
];

const request: readonly LineField[] = [
  { key: "duration", read: ({ durationMs }) => Math.round(durationMs * nanosecondsAMillisecond) },
  { key: "network.bytes_read", read: ({ requestBytes }) => requestBytes },
  { key: "network.bytes_written", read: ({ responseBytes }) => responseBytes },
  { key: "http.url_details.path", read: ({ path }) => path },
  ...words,
];

function decimal(hex: string): string {
  return BigInt(`0x${hex.slice(-datadogDigits)}`).toString();
}
