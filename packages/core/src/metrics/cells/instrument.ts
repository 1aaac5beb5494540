import type { Attributes } from "../../model/attributes.ts";
import type { MetricData, Temporality } from "../../model/metric-data.ts";

/** Every cell keeps a little for each of them. */
export const maxDeltaReaders = 4;

/** The stretch of time that a collection covers, in milliseconds since 1970. */
export interface CollectionWindow {
  readonly temporality: Temporality;
  /** Where the cells keep what this reader of deltas has taken, from 0 to {@link maxDeltaReaders}; undefined for who reads cumulative numbers. */
  readonly slot: number | undefined;
  /** The number of the reader, each its own; for what is told since a reader looked before, whatever its temporality. */
  readonly reader: number;
  /** How many readers of deltas there are where nobody reads cumulative numbers: what all of them find idle is let go. Undefined where somebody does. */
  readonly deltaReaders: number | undefined;
  /** When the engine started, or this reader collected the delta before. */
  readonly startMs: number;
  /** When the engine started. */
  readonly beganMs: number;
}

/** Something that makes one metric. */
export interface Instrument {
  readonly name: string;
  /** Whether its series are known beforehand, so that it does not grow. @default false */
  readonly isFixed?: boolean | undefined;
  /** Its data, or undefined when it has no points. Never throws. */
  collect(window: CollectionWindow): MetricData | undefined;
  /** How many series it holds, without the one for the rest. */
  readonly series: number;
  /** Records that went to the series for the rest. */
  readonly overflowed: number;
  /** The attributes of each series. */
  seriesAttributes(): Iterable<Attributes>;
}
