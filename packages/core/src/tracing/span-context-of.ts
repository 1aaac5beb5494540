import type { SpanContext } from "@opentelemetry/api";
import { hex32 } from "../model/ids.ts";
import { parseTraceState } from "./propagation/trace-state.ts";
import type { TraceRoot } from "./trace-root.ts";

/** The ids of a span as the API has them. The flags and the tracestate are read, and so decided, only when someone reads them. */
export function lazySpanContext(trace: TraceRoot, s0: number, s1: number): SpanContext {
  return {
    traceId: traceIdOf(trace),
    spanId: spanIdOf(s0, s1),
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
    traceId: traceIdOf(trace),
    spanId: spanIdOf(s0, s1),
    traceFlags: trace.flags,
  };
  const traceState = parsedTraceState(trace.traceState);
  if (traceState !== undefined) spanContext.traceState = traceState;
  return spanContext;
}

function traceIdOf(trace: TraceRoot): string {
  return hex32(trace.t0) + hex32(trace.t1) + hex32(trace.t2) + hex32(trace.t3);
}

function spanIdOf(s0: number, s1: number): string {
  return hex32(s0) + hex32(s1);
}

function parsedTraceState(raw: string): SpanContext["traceState"] {
  return raw === "" ? undefined : parseTraceState(raw);
}
