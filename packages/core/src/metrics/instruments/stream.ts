import type { Attributes } from "../../model/attributes.ts";
import type { ExponentialPoint, HistogramPoint, MetricData, NumberPoint } from "../../model/metric-data.ts";
import { BucketSearch } from "../cells/bucket-search.ts";
import { ExponentialCell } from "../cells/exponential-cell.ts";
import { HistogramCell, SignedHistogramCell } from "../cells/histogram-cell.ts";
import type { CollectionWindow, Instrument } from "../cells/instrument.ts";
import type { SampleSettings } from "../cells/reservoir.ts";
import { LastValueCell } from "../cells/last-value-cell.ts";
import { SumCell } from "../cells/sum-cell.ts";
import type { InstrumentDescriptor, InstrumentKind } from "./instrument-descriptor.ts";
import { type SeriesCell, SeriesStore, type SeriesStoreSettings } from "./series-store.ts";

/** Bounds where nobody advised any. Source: OpenTelemetry specification, explicit bucket histogram aggregation. */
const defaultBoundaries: readonly number[] = Object.freeze([
  0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1_000, 2_500, 5_000, 7_500, 10_000,
]);

export type StreamSettings = Omit<SeriesStoreSettings<never>, "createCell"> & {
  readonly descriptor: InstrumentDescriptor;
  /** What is made of the values. @default by the kind of the instrument */
  readonly aggregation?: Aggregation | undefined;
  readonly samples?: SampleSettings | undefined;
};

export type Aggregation = "sum" | "last-value" | "histogram" | "exponential";

/** What an instrument becomes: a series for each set of attributes, and one metric of them all. */
export abstract class Stream<Point = unknown> implements Instrument {
  readonly descriptor: InstrumentDescriptor;
  protected readonly store: SeriesStore<Point>;

  constructor(
    { descriptor, maxSeries, limit, keeps }: StreamSettings,
    createCell: (attributes: Attributes) => SeriesCell<Point>,
  ) {
    this.descriptor = descriptor;
    this.store = new SeriesStore({ maxSeries, limit, keeps, createCell });
  }

  abstract collect(window: CollectionWindow): MetricData | undefined;

  get name(): string {
    return this.descriptor.name;
  }

  get series(): number {
    return this.store.size;
  }

  get overflowed(): number {
    return this.store.overflowed;
  }

  seriesAttributes(): Iterable<Attributes> {
    return this.store.attributes();
  }

  /** Records a value, and answers where. May throw what a getter of the user's throws. */
  record(value: number, attributes: Attributes | undefined): SeriesCell<Point> {
    const cell = this.store.cell(attributes);
    cell.record(value);
    return cell;
  }

  /** May throw what a getter of the user's throws. */
  bind(attributes: Attributes | undefined): SeriesCell<Point> {
    return this.store.bind(attributes);
  }
}

/** Adds values up. What may fall is a level: always told as it is. */
class SumStream extends Stream<NumberPoint> {
  constructor(settings: StreamSettings) {
    super(settings, (attributes) => new SumCell(attributes));
  }

  collect(window: CollectionWindow): MetricData | undefined {
    const { kind, name, description, unit, valueType } = this.descriptor;
    const monotonic = mayOnlyRise(kind);
    const points = this.store.collect(window, !monotonic);
    if (points.length === 0) return undefined;
    const [temporality, startMs] = monotonic
      ? [window.temporality, window.startMs]
      : (["cumulative", window.beganMs] as const);
    return { kind: "sum", monotonic, valueType, name, description, unit, temporality, startMs, points };
  }
}

class LastValueStream extends Stream<NumberPoint> {
  constructor(settings: StreamSettings) {
    super(settings, (attributes) => new LastValueCell(attributes));
  }

  collect(window: CollectionWindow): MetricData | undefined {
    const points = this.store.collect(window, false);
    if (points.length === 0) return undefined;
    const { name, description, unit, valueType } = this.descriptor;
    return { kind: "gauge", valueType, name, description, unit, startMs: window.startMs, points };
  }
}

class HistogramStream extends Stream<HistogramPoint> {
  readonly #boundaries: readonly number[];

  constructor(settings: StreamSettings) {
    const boundaries = settings.descriptor.boundaries ?? defaultBoundaries;
    const search = new BucketSearch(boundaries, settings.samples);
    const Cell = mayOnlyRise(settings.descriptor.kind) ? HistogramCell : SignedHistogramCell;
    super(settings, (attributes) => new Cell(attributes, search));
    this.#boundaries = boundaries;
  }

  collect(window: CollectionWindow): MetricData | undefined {
    const points = this.store.collect(window, false);
    if (points.length === 0) return undefined;
    const { name, description, unit } = this.descriptor;
    const { temporality, startMs } = window;
    return { kind: "histogram", name, description, unit, temporality, startMs, boundaries: this.#boundaries, points };
  }
}

class ExponentialStream extends Stream<ExponentialPoint> {
  constructor(settings: StreamSettings) {
    super(settings, (attributes) => new ExponentialCell(attributes));
  }

  collect(window: CollectionWindow): MetricData | undefined {
    const points = this.store.collect(window, false);
    if (points.length === 0) return undefined;
    const { name, description, unit } = this.descriptor;
    const { temporality, startMs } = window;
    return { kind: "exponential", name, description, unit, temporality, startMs, points };
  }
}

/** Whether no value is negative, so that a sum of them only rises. */
function mayOnlyRise(kind: InstrumentKind): boolean {
  return kind === "counter" || kind === "histogram";
}

function usualAggregation(kind: InstrumentKind): Aggregation {
  if (kind === "histogram") return "histogram";
  return kind === "gauge" ? "last-value" : "sum";
}

const streams: Record<Aggregation, new (settings: StreamSettings) => Stream> = {
  sum: SumStream,
  "last-value": LastValueStream,
  histogram: HistogramStream,
  exponential: ExponentialStream,
};

/** Makes the stream that the settings or the kind of the instrument ask for. */
export function createStream(settings: StreamSettings): Stream {
  return new streams[settings.aggregation ?? usualAggregation(settings.descriptor.kind)](settings);
}
