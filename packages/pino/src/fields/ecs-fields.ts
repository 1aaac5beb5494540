import type { LoggedService } from "@gossamer/core";
import { errorText } from "./error-text.ts";
import { type Fields, type FieldStyle, httpSeries, type LineField } from "./field-style.ts";
import { hostBase } from "./host-base.ts";
import { timeText } from "./time-text.ts";

const ecsVersion = "8.11.0";
const nanosecondsAMillisecond = 1e6;

/**
 * The names of the Elastic Common Schema, its level, time and message too.
 *
 * Source: https://www.elastic.co/docs/reference/ecs/logging
 */
export function ecsFields(service: () => LoggedService): FieldStyle {
  const { pid, hostname } = hostBase();
  function base(): Fields {
    const { name, version, environment } = service();
    return {
      "ecs.version": ecsVersion,
      "process.pid": pid,
      "host.hostname": hostname,
      "service.name": name,
      "service.version": version,
      "service.environment": environment,
    };
  }
  return {
    pino: () => ({
      base: base(),
      messageKey: "message",
      errorKey: "error",
      timestamp: isoTime,
      formatters: { level: (label) => ({ "log.level": label }) },
    }),
    error(error) {
      const { type, message, stack } = errorText(error);
      return { type, message, stack_trace: stack };
    },
    trace: (traceId, spanId) => ({ "trace.id": traceId, "span.id": spanId }),
    series: httpSeries,
    request,
  };
}

const isoTime = timeText((epochMs) => `,"@timestamp":"${new Date(epochMs).toISOString()}"`);

const request: readonly LineField[] = [
  { key: "operation", read: ({ operation }) => operation, isWord: true },
  { key: "trace.id", read: ({ traceId }) => traceId },
  { key: "span.id", read: ({ spanId }) => spanId },
  { key: "event.duration", read: ({ durationMs }) => Math.round(durationMs * nanosecondsAMillisecond) },
  { key: "event.outcome", read: ({ errorType }) => (errorType === undefined ? "success" : "failure"), isWord: true },
  { key: "http.request.body.bytes", read: ({ requestBytes }) => requestBytes },
  { key: "http.response.body.bytes", read: ({ responseBytes }) => responseBytes },
  { key: "url.path", read: ({ path }) => path },
  { key: "labels.error_type", read: ({ errorType }) => errorType, isWord: true },
  { key: "labels.sampling_reason", read: ({ samplingReason }) => samplingReason, isWord: true },
];
