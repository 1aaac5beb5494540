import type { Instrument } from "./cells/instrument.ts";

/** One instrument as `status()` shows it. */
export interface InstrumentStatus {
  readonly name: string;
  readonly series: number;
  /** Records that share one series since the instrument is full, or since their route has no number. */
  readonly overflowed: number;
}

/** How many series there are, and which attribute makes them. */
export interface MetricsStatus {
  /** The one with the most series first. */
  readonly instruments: readonly InstrumentStatus[];
  /** Series an instrument may have before the rest share one. */
  readonly maxSeries: number;
  /** What the first instrument that can grow does so by: the attribute with the most distinct values. Undefined while there is no series. */
  readonly growing: { readonly instrument: string; readonly attribute: string; readonly values: number } | undefined;
  /** Observed metrics that could not be read, counted once a collection. */
  readonly failedReads: number;
  /** Values and instruments of the metrics API that were dropped, and callbacks that failed, by reason; `prometheus-name`: metrics that an answer had no name for, at each. */
  readonly drops: Readonly<Record<string, number>>;
}

/** Looks through all series; meant for a person who asks, not for each request. */
export function metricsStatus(
  all: Iterable<Instrument>,
  counts: Pick<MetricsStatus, "maxSeries" | "failedReads" | "drops">,
): MetricsStatus {
  const instruments = [...all].sort((a, b) => b.series - a.series);
  const largest = instruments.find(({ isFixed }) => isFixed !== true);
  return {
    instruments: instruments.map(({ name, series, overflowed }) => ({ name, series, overflowed })),
    growing: largest === undefined ? undefined : growingAttribute(largest),
    ...counts,
  };
}

function growingAttribute(instrument: Instrument): MetricsStatus["growing"] {
  const valuesByKey = new Map<string, Set<unknown>>();
  for (const attributes of instrument.seriesAttributes()) {
    for (const [key, value] of Object.entries(attributes)) {
      const values = valuesByKey.get(key);
      if (values === undefined) valuesByKey.set(key, new Set([value]));
      else values.add(value);
    }
  }
  const [most] = [...valuesByKey].sort(([, a], [, b]) => b.size - a.size);
  return most === undefined ? undefined : { instrument: instrument.name, attribute: most[0], values: most[1].size };
}
