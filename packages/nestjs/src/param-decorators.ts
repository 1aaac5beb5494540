import { checks } from "@gossamer/core/adapter";
import { createParamDecorator } from "@nestjs/common";
import { context, propagation, type Span, trace } from "@opentelemetry/api";

/** The span that is active in the handler: that of its request, or one that a step around it made. Undefined where telemetry is off. */
export const CurrentSpan: () => ParameterDecorator = createParamDecorator((): Span | undefined =>
  trace.getActiveSpan(),
) as () => ParameterDecorator;

const readBaggage = createParamDecorator((key: string | undefined) =>
  key === undefined ? allEntries() : propagation.getBaggage(context.active())?.getEntry(key)?.value,
) as (key?: string) => ParameterDecorator;

/**
 * The value of one entry of the caller's baggage, or without a key all entries as an object: `@BaggageEntry("tenant") tenant: string | undefined`.
 * A key that is no text throws an `OptionError` where the decorator stands.
 */
export function BaggageEntry(key?: string): ParameterDecorator {
  return key === undefined ? readBaggage() : readBaggage(checks.text.validate(key, "BaggageEntry"));
}

function allEntries(): Readonly<Record<string, string>> {
  const entries = propagation.getBaggage(context.active())?.getAllEntries() ?? [];
  return Object.fromEntries(entries.map(([key, { value }]) => [key, value]));
}
