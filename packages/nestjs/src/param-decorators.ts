import { createParamDecorator } from "@nestjs/common";
import { context, propagation, type Span, trace } from "@opentelemetry/api";

/** The span that is active in the handler: that of its request, or one that a step around it made. Undefined where telemetry is off. */
export const CurrentSpan: () => ParameterDecorator = createParamDecorator((): Span | undefined =>
  trace.getActiveSpan(),
) as () => ParameterDecorator;

/** The value of one entry of the caller's baggage, or without a key all entries as an object: `@BaggageEntry("tenant") tenant: string | undefined`. */
export const BaggageEntry: (key?: string) => ParameterDecorator = createParamDecorator((key: string | undefined) =>
  key === undefined ? allEntries() : propagation.getBaggage(context.active())?.getEntry(key)?.value,
) as (key?: string) => ParameterDecorator;

function allEntries(): Readonly<Record<string, string>> {
  const entries = propagation.getBaggage(context.active())?.getAllEntries() ?? [];
  return Object.fromEntries(entries.map(([key, { value }]) => [key, value]));
}
