import type { Attributes, Counter, Gauge, Histogram, UpDownCounter } from "@opentelemetry/api";
import { type BoundCounter, type BoundHistogram, RecordingInstrument } from "./recording-instrument.ts";

/**
 * One series of an instrument, for code that counts the same thing often: it is found once, and counting looks for nothing. It lives as long as
 * the process; bind sets of attributes that are few. Instruments of other providers are taken too, and gain nothing.
 */
export function bindInstrument(instrument: Counter | UpDownCounter, attributes?: Attributes): BoundCounter;
export function bindInstrument(instrument: Histogram | Gauge, attributes?: Attributes): BoundHistogram;
export function bindInstrument(
  instrument: Counter | UpDownCounter | Histogram | Gauge,
  attributes?: Attributes,
): BoundCounter | BoundHistogram {
  if (instrument instanceof RecordingInstrument) return instrument.bind(attributes);
  return "add" in instrument
    ? { add: (value) => instrument.add(value, attributes) }
    : { record: (value) => instrument.record(value, attributes) };
}
