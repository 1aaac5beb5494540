import { type Context, type TextMapPropagator, type TextMapSetter, trace } from "@opentelemetry/api";
import { onwardTicketKey, suppressTracingKey } from "../context/context-keys.ts";

/**
 * Tells the services that a ticketed request calls to trace it too, where they are told of the trace at all. What it sends is no ticket: it is good for
 * that trace, for a minute. Never reads: whether a ticket is good is asked where a request begins.
 */
export function createTicketPropagator(header: string): TextMapPropagator {
  return {
    inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
      if (context.getValue(suppressTracingKey) === true) return;
      const onward = context.getValue(onwardTicketKey) as { traceId: string; text: string } | undefined;
      // A span of another trace may be active within the request.
      if (onward === undefined || trace.getSpanContext(context)?.traceId !== onward.traceId) return;
      setter.set(carrier, header, onward.text);
    },
    extract: (context) => context,
    fields: () => [header],
  };
}
