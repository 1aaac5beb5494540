// What can be told of spans alone: for the page, and for the tests of a service (`@gossamer/testing`).
export { type CalledSpan, callName } from "./traces/call-name.ts";
export {
  findingsOf,
  type RepeatedCalls,
  repeatedCalls,
  type RepeatedCallsOptions,
  type TimedSpan,
} from "./traces/findings.ts";
export { traceMarkdown } from "./traces/trace-markdown.ts";
export { traceOtlp } from "./traces/trace-otlp.ts";
export { spanTree, type StoredSpan } from "./traces/span-tree.ts";
export type { SpanView, TraceDetail, TraceFinding } from "./protocol.ts";
