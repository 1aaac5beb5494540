import type { SpanContext } from "@opentelemetry/api";
import { spanIdText, traceIdText } from "../../model/ids.ts";
import { parseTraceState } from "../propagation/trace-state.ts";
import type { TraceRoot } from "./trace-root.ts";

/** The ids of a span as the API has them. The flags and the tracestate are read, and so decided, only when someone reads them. */
export function lazySpanContext(trace: TraceRoot, s0: number, s1: number): SpanContext {
  return {
    traceId: traceIdText(trace),
    spanId: spanIdText(s0, s1),
    get traceFlags() {
      return trace.flags;
    },
    get traceState() {
      return parsedTraceState(trace.traceState);
    },
  } as SpanContext;
}

/** The same for a trace that is decided. */
export function decidedSpanContext(trace: TraceRoot, s0: number, s1: number): SpanContext {
  const spanContext: SpanContext = {
    traceId: traceIdText(trace),
    spanId: spanIdText(s0, s1),
    traceFlags: trace.flags,
  };
  const traceState = parsedTraceState(trace.traceState);
  if (traceState !== undefined) spanContext.traceState = traceState;
  return spanContext;
}

function parsedTraceState(raw: string): SpanContext["traceState"] {
  return raw === "" ? undefined : parseTraceState(raw);
}
