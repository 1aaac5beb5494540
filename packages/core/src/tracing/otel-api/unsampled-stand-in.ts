import { type Span, type SpanContext, TraceFlags, trace } from "@opentelemetry/api";

/** Stands for a span of another provider below which nothing is to be recorded: whoever follows his parent finds one that is not sampled. */
export function unsampledStandIn(spanContext: SpanContext): Span {
  return trace.wrapSpanContext({ ...spanContext, traceFlags: spanContext.traceFlags & ~TraceFlags.SAMPLED });
}
