import type { Attributes } from "../../model/attributes.ts";
import type { HistogramPoint, MetricData, NumberPoint } from "../../model/metric-data.ts";
import { ownMetric, type OwnMetric, type OwnMetricOf } from "../catalogue/own-metrics.ts";
import type { CounterCell } from "../cells/counter-cell.ts";
import type { HistogramCell } from "../cells/histogram-cell.ts";
import type { CollectionWindow, Instrument } from "../cells/instrument.ts";
import { seriesOf, type SeriesTable } from "./series-table.ts";

/** A cell of either kind. */
interface Cell<Point> {
  readonly attributes: Attributes;
  readonly count: number;
  collect(slot: number | undefined): Point | undefined;
}

export interface RequestCounterSettings {
  readonly metric: OwnMetricOf<"counter">;
  readonly table: SeriesTable<CounterCell>;
}

export interface SeriesHistogramSettings {
  readonly metric: OwnMetricOf<"histogram">;
  readonly boundaries: readonly number[];
  readonly table: SeriesTable<HistogramCell>;
}

/** What both have of their table. */
abstract class SeriesInstrument<Point> implements Instrument {
  protected readonly metric: OwnMetric;
  readonly #table: SeriesTable<Cell<Point>>;

  constructor(name: OwnMetric["name"], table: SeriesTable<Cell<Point>>) {
    this.metric = ownMetric(name);
    this.#table = table;
  }

  get name(): OwnMetric["name"] {
    return this.metric.name;
  }

  abstract collect(window: CollectionWindow): MetricData | undefined;

  get series(): number {
    return this.#table.cells.length;
  }

  get overflowed(): number {
    return this.#table.overflow?.count ?? 0;
  }

  *seriesAttributes(): Iterable<Attributes> {
    for (const cell of this.#table.cells) yield cell.attributes;
  }

  /** Of the series that have something to tell. */
  protected points({ slot }: CollectionWindow): Point[] {
    const points: Point[] = [];
    for (const cell of seriesOf(this.#table)) {
      const point = cell.collect(slot);
      if (point !== undefined) points.push(point);
    }
    return points;
  }
}

/** Requests of one kind, a count a series. */
export class RequestCounter extends SeriesInstrument<NumberPoint> {
  constructor({ metric, table }: RequestCounterSettings) {
    super(metric, table);
  }

  collect(window: CollectionWindow): MetricData | undefined {
    const points = this.points(window);
    if (points.length === 0) return undefined;
    const { temporality, startMs } = window;
    return { ...this.metric, kind: "sum", monotonic: true, valueType: "int", temporality, startMs, points };
  }
}

/** Durations or sizes, a histogram a series. */
export class SeriesHistogram extends SeriesInstrument<HistogramPoint> {
  readonly #boundaries: readonly number[];

  constructor({ metric, table, boundaries }: SeriesHistogramSettings) {
    super(metric, table);
    this.#boundaries = boundaries;
  }

  collect(window: CollectionWindow): MetricData | undefined {
    const points = this.points(window);
    if (points.length === 0) return undefined;
    const { temporality, startMs } = window;
    return { ...this.metric, kind: "histogram", temporality, startMs, boundaries: this.#boundaries, points };
  }
}
