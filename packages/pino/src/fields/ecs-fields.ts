import type { LoggedService, RequestLine } from "@gossamer/core";
import { errorText } from "./error-text.ts";
import type { Fields, FieldStyle } from "./field-style.ts";
import { hostBase } from "./host-base.ts";

const ecsVersion = "8.11.0";
const nanosecondsAMillisecond = 1e6;

/**
 * The names of the Elastic Common Schema, its level, time and message too.
 *
 * Source: https://www.elastic.co/docs/reference/ecs/logging
 */
export function ecsFields(service: LoggedService): FieldStyle {
  const { pid, hostname } = hostBase();
  return {
    pino: {
      base: {
        "ecs.version": ecsVersion,
        "process.pid": pid,
        "host.hostname": hostname,
        "service.name": service.name,
        "service.version": service.version,
        "service.environment": service.environment,
      },
      messageKey: "message",
      errorKey: "error",
      timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ "log.level": label }) },
    },
    error(error) {
      const { type, message, stack } = errorText(error);
      return { type, message, stack_trace: stack };
    },
    trace: (traceId, spanId) => ({ "trace.id": traceId, "span.id": spanId }),
    series: (line) => ({
      "http.request.method": line.method,
      "http.route": line.route,
      "http.response.status_code": line.statusCode,
      "event.outcome": line.errorType === undefined ? "success" : "failure",
    }),
    request: requestFields,
  };
}

function requestFields(line: RequestLine): Fields {
  return {
    "trace.id": line.traceId,
    "span.id": line.spanId,
    "event.duration": Math.round(line.durationMs * nanosecondsAMillisecond),
    "http.request.body.bytes": line.requestBytes,
    "http.response.body.bytes": line.responseBytes,
    "url.path": line.path,
    "labels.error_type": line.errorType,
    "labels.sampling_reason": line.samplingReason,
  };
}
