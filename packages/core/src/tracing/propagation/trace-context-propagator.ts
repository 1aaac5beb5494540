import {
  type Context,
  type SpanContext,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from "@opentelemetry/api";
import { suppressTracingKey } from "../context/context-keys.ts";
import { parseTraceState, traceStateText } from "./trace-state.ts";
import { parseTraceparent } from "./traceparent.ts";
import { trimSpace, validTraceState } from "./tracestate.ts";

const traceparentKey = "traceparent";
const tracestateKey = "tracestate";
const knownFlags = 3;

/** W3C Trace Context level 2, for messages and outgoing requests. Says nothing in a context where tracing is suppressed. */
export const traceContextPropagator: TextMapPropagator = {
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    if (context.getValue(suppressTracingKey) === true) return;
    const spanContext = trace.getSpanContext(context);
    if (spanContext === undefined) return;
    const { traceId, spanId, traceFlags } = spanContext;
    const traceparent = `00-${traceId}-${spanId}-0${traceFlags & knownFlags}`;
    // A foreign span may have any ids; what does not read back is not sent.
    if (parseTraceparent(traceparent) === undefined) return;
    setter.set(carrier, traceparentKey, traceparent);
    const tracestate = validTraceState(traceStateText(spanContext.traceState));
    if (tracestate !== "") setter.set(carrier, tracestateKey, tracestate);
  },

  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    const header = single(getter.get(carrier, traceparentKey));
    if (header === undefined) return context;
    const words = parseTraceparent(header);
    if (words === undefined) return context;
    const text = trimSpace(header, 0, header.length);
    const spanContext: SpanContext = {
      traceId: text.slice(3, 35),
      spanId: text.slice(36, 52),
      traceFlags: words.flags,
      isRemote: true,
    };
    const state = getter.get(carrier, tracestateKey);
    const traceState =
      state === undefined ? undefined : parseTraceState(typeof state === "string" ? state : state.join(","));
    if (traceState !== undefined) spanContext.traceState = traceState;
    return trace.setSpanContext(context, spanContext);
  },

  fields: () => [traceparentKey, tracestateKey],
};

/** The value of a header that may stand only once; repeated, it is as good as none. */
function single(value: string | string[] | undefined): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  return value.length === 1 ? value[0] : undefined;
}
