import {
  type Context,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
} from "@opentelemetry/api";
import type { Tally } from "../../tally/tally.ts";
import { suppressTracingKey } from "../context/context-keys.ts";
import { type BaggageLimits, formatBaggage, parseBaggage } from "./baggage.ts";

const baggageHeader = "baggage";

/** W3C Baggage within bounds. What exceeds them is counted in `drops`. Says nothing in a context where tracing is suppressed. */
export function createBaggagePropagator(drops: Tally, limits?: BaggageLimits): TextMapPropagator {
  return {
    inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
      if (context.getValue(suppressTracingKey) === true) return;
      const baggage = propagation.getBaggage(context);
      if (baggage === undefined) return;
      const header = formatBaggage(baggage, drops, limits);
      if (header !== "") setter.set(carrier, baggageHeader, header);
    },

    extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
      const header = getter.get(carrier, baggageHeader);
      if (header === undefined) return context;
      const baggage = parseBaggage(header, drops, limits);
      return baggage === undefined ? context : propagation.setBaggage(context, baggage);
    },

    fields: () => [baggageHeader],
  };
}
