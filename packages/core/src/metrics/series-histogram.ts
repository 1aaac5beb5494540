import type { Attributes } from "../model/attributes.ts";
import type { HistogramPoint, MetricData } from "../model/metric-data.ts";
import type { HistogramCell } from "./histogram-cell.ts";
import type { CollectionWindow, Instrument } from "./instrument.ts";
import { seriesOf, type SeriesTable } from "./series-table.ts";

export interface SeriesHistogramSettings {
  readonly name: string;
  readonly description: string;
  /** UCUM: `s`, `By`. */
  readonly unit: string;
  readonly boundaries: readonly number[];
  readonly table: SeriesTable<HistogramCell>;
}

/** Durations or sizes, a histogram a series. */
export class SeriesHistogram implements Instrument {
  readonly #settings: SeriesHistogramSettings;

  constructor(settings: SeriesHistogramSettings) {
    this.#settings = settings;
  }

  get name(): string {
    return this.#settings.name;
  }

  get series(): number {
    return this.#settings.table.cells.length;
  }

  get overflowed(): number {
    return this.#settings.table.overflow?.count ?? 0;
  }

  *seriesAttributes(): Iterable<Attributes> {
    for (const cell of this.#settings.table.cells) yield cell.attributes;
  }

  collect({ temporality, startMs }: CollectionWindow): MetricData | undefined {
    const { name, description, unit, boundaries, table } = this.#settings;
    const points: HistogramPoint[] = [];
    for (const cell of seriesOf(table)) {
      const point = cell.collect(temporality);
      if (point !== undefined) points.push(point);
    }
    if (points.length === 0) return undefined;
    return { kind: "histogram", name, description, unit, temporality, startMs, boundaries, points };
  }
}
