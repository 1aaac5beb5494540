import type { Attributes } from "../model/attributes.ts";
import type { MetricData, NumberPoint } from "../model/metric-data.ts";
import type { CounterCell } from "./counter-cell.ts";
import type { CollectionWindow, Instrument } from "./instrument.ts";
import { seriesOf, type SeriesTable } from "./series-table.ts";

export interface RequestCounterSettings {
  readonly name: string;
  readonly description: string;
  readonly table: SeriesTable<CounterCell>;
}

/** Requests of one kind, a count a series. */
export class RequestCounter implements Instrument {
  readonly #settings: RequestCounterSettings;

  constructor(settings: RequestCounterSettings) {
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
    const { name, description, table } = this.#settings;
    const points: NumberPoint[] = [];
    for (const cell of seriesOf(table)) {
      const point = cell.collect(temporality);
      if (point !== undefined) points.push(point);
    }
    if (points.length === 0) return undefined;
    return {
      kind: "sum",
      monotonic: true,
      valueType: "int",
      name,
      description,
      unit: "{request}",
      temporality,
      startMs,
      points,
    };
  }
}
