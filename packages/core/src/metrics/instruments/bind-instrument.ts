import type { Attributes, Counter, Gauge, Histogram, UpDownCounter } from "@opentelemetry/api";
import { wrongValue } from "../../model/checks/option-error.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";

/** A counter's series, found once: adding to it looks for nothing, so it has no exemplars. */
export interface BoundCounter {
  add(value: number): void;
}

/** A histogram's or gauge's series, found once: recording looks for nothing, so it has no exemplars. */
export interface BoundHistogram {
  record(value: number): void;
}

/** An instrument of ours, known where the part that has them all is not loaded. */
export abstract class BindableInstrument {
  abstract bind(attributes?: Attributes): BoundCounter & BoundHistogram;
}

/**
 * One series of an instrument, for code that counts the same thing often: it is found once, and counting looks for nothing. It lives as long as
 * the process; bind sets of attributes that are few. Instruments of other providers are taken too, and gain nothing. Throws an `OptionError` for
 * what counts nothing.
 */
export function bindInstrument(instrument: Counter | UpDownCounter, attributes?: Attributes): BoundCounter;
export function bindInstrument(instrument: Histogram | Gauge, attributes?: Attributes): BoundHistogram;
export function bindInstrument(
  instrument: Counter | UpDownCounter | Histogram | Gauge,
  attributes?: Attributes,
): BoundCounter | BoundHistogram {
  if (instrument instanceof BindableInstrument) return instrument.bind(attributes);
  const { add, record } = (instrument ?? {}) as Partial<Counter & Histogram>;
  if (typeof add === "function") return { add: (value) => add.call(instrument, value, attributes) };
  if (typeof record === "function") return { record: (value) => record.call(instrument, value, attributes) };
  throw wrongValue("instrument", "an instrument with add() or record()", quoteValue(instrument), "GSM_OPTION_TYPE");
}
