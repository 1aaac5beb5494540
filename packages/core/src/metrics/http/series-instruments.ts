import type { Attributes } from "../../model/attributes.ts";
import type { HistogramPoint, MetricData, NumberPoint } from "../../model/metric-data.ts";
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
  readonly name: string;
  readonly description: string;
  readonly table: SeriesTable<CounterCell>;
}

export interface SeriesHistogramSettings {
  readonly name: string;
  readonly description: string;
  /** UCUM: `s`, `By`. */
  readonly unit: string;
  readonly boundaries: readonly number[];
  readonly table: SeriesTable<HistogramCell>;
}

/** What both have of their table. */
abstract class SeriesInstrument<Point> implements Instrument {
  readonly name: string;
  readonly #table: SeriesTable<Cell<Point>>;

  constructor(name: string, table: SeriesTable<Cell<Point>>) {
    this.name = name;
    this.#table = table;
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
  readonly #settings: RequestCounterSettings;

  constructor(settings: RequestCounterSettings) {
    super(settings.name, settings.table);
    this.#settings = settings;
  }

  collect(window: CollectionWindow): MetricData | undefined {
    const points = this.points(window);
    if (points.length === 0) return undefined;
    const { name, description } = this.#settings;
    const { temporality, startMs } = window;
    const kind = { kind: "sum", monotonic: true, valueType: "int" } as const;
    return { ...kind, name, description, unit: "{request}", temporality, startMs, points };
  }
}

/** Durations or sizes, a histogram a series. */
export class SeriesHistogram extends SeriesInstrument<HistogramPoint> {
  readonly #settings: SeriesHistogramSettings;

  constructor(settings: SeriesHistogramSettings) {
    super(settings.name, settings.table);
    this.#settings = settings;
  }

  collect(window: CollectionWindow): MetricData | undefined {
    const points = this.points(window);
    if (points.length === 0) return undefined;
    const { name, description, unit, boundaries } = this.#settings;
    const { temporality, startMs } = window;
    return { kind: "histogram", name, description, unit, temporality, startMs, boundaries, points };
  }
}
