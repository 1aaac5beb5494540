// For the tests of a service.
export { createTestTelemetry, type TestTelemetry } from "./create-test-telemetry.ts";
export type { CalledSpan, RepeatedCallsOptions } from "@gossamer/devpage/findings";
export { expectNoRepeatedCalls } from "./expect-no-repeated-calls.ts";
export type { TestSpan } from "./span-recorder.ts";
export type { TestPoint } from "./test-points.ts";

// What a collector sees.
export type { ReceivedRequest, ReceiverTotals } from "./arrivals.ts";
export type { Answer, OtlpPath } from "./answer.ts";
export { valueText, type ReceivedAttributes, type ReceivedValue } from "./attribute-record.ts";
export { decodeLogsRequest, readLogsRequest, type ReceivedLog } from "./decode-logs-request.ts";
export {
  decodeMetricsRequest,
  readMetricsRequest,
  type ReceivedBuckets,
  type ReceivedExponential,
  type ReceivedPoint,
} from "./decode-metrics-request.ts";
export {
  decodeTraceRequest,
  readTraceRequest,
  type ReceivedEvent,
  type ReceivedLink,
  type ReceivedOrigin,
  type ReceivedSpan,
} from "./decode-trace-request.ts";
export { startOtlpReceiver, type OtlpReceiver, type OtlpReceiverOptions, type Respond } from "./otlp-receiver.ts";
export type {
  SchemaAnyValue,
  SchemaBuckets,
  SchemaExponentialPoint,
  SchemaHistogramPoint,
  SchemaKeyValue,
  SchemaLogRecord,
  SchemaLogsRequest,
  SchemaMetric,
  SchemaMetricsRequest,
  SchemaNumberPoint,
  SchemaPoint,
  SchemaResource,
  SchemaScope,
  SchemaSpan,
  SchemaSummaryPoint,
  SchemaTraceRequest,
} from "./otlp-schema.ts";
