import type { Attributes } from "../../model/attributes.ts";
import type { BodySizeHistograms } from "./body-size-histograms.ts";
import type { BucketSearch } from "../cells/bucket-search.ts";
import type { CounterCell } from "../cells/counter-cell.ts";
import { HistogramCell } from "../cells/histogram-cell.ts";
import type { OfferedExemplar } from "../cells/exemplar-slots.ts";
import type { HttpSeries, MeasuredBodies } from "./http-server-metrics.ts";
import type { SeriesKey, SeriesTable } from "./series-table.ts";

/** Where requests are recorded besides their durations: few have anything to tell there. */
export interface RareInstruments {
  readonly streams: SeriesTable<HistogramCell>;
  readonly aborts: SeriesTable<CounterCell>;
  readonly sizes: BodySizeHistograms;
}

/** Records what few requests have in the series of its own instrument, which is looked for then. */
class RareSeries {
  readonly #key: SeriesKey;
  readonly #instruments: RareInstruments;

  constructor(key: SeriesKey, instruments: RareInstruments) {
    this.#key = key;
    this.#instruments = instruments;
  }

  recordStream(seconds: number): void {
    this.#instruments.streams.cellOf(this.#key).record(seconds);
  }

  /** By the status alone: of what was thrown a client that is gone has seen nothing. */
  aborted(): void {
    this.#instruments.aborts.cellOf({ ...this.#key, errorType: undefined }).add();
  }

  recordSizes(bodies: MeasuredBodies): void {
    this.#instruments.sizes.record(this.#key, bodies);
  }
}

/** The series of requests that are alike: their durations in its own cell, all else where it is rare. */
export class RequestSeries extends HistogramCell implements HttpSeries {
  /** Undefined for the one that stands for the rest, whose requests have little in common. */
  readonly rare: RareSeries | undefined;

  constructor(attributes: Attributes, search: BucketSearch, key: SeriesKey | undefined, instruments: RareInstruments) {
    super(attributes, search);
    this.rare = key === undefined ? undefined : new RareSeries(key, instruments);
  }

  recordStream(seconds: number): void {
    this.rare?.recordStream(seconds);
  }

  aborted(): void {
    this.rare?.aborted();
  }

  recordSizes(bodies: MeasuredBodies): void {
    this.rare?.recordSizes(bodies);
  }
}

/** A request whose duration counts in the series for the rest. All else about it may still have room of its own. */
export class OverflowSeries extends RareSeries implements HttpSeries {
  readonly #rest: HistogramCell;

  constructor(rest: HistogramCell, key: SeriesKey, instruments: RareInstruments) {
    super(key, instruments);
    this.#rest = rest;
  }

  record(seconds: number): void {
    this.#rest.record(seconds);
  }

  wantsExample(seconds: number, timeMs: number): boolean {
    return this.#rest.wantsExample(seconds, timeMs);
  }

  offer(exemplar: OfferedExemplar): void {
    this.#rest.offer(exemplar);
  }
}
