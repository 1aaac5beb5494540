import type { Attributes } from "../model/attributes.ts";
import type { HistogramPoint, MetricData } from "../model/metric-data.ts";
import { BucketSearch } from "../metrics/cells/bucket-search.ts";
import { HistogramCell } from "../metrics/cells/histogram-cell.ts";
import type { CollectionWindow, Instrument } from "../metrics/cells/instrument.ts";

export interface LabelledHistogramSettings {
  readonly name: string;
  readonly description: string;
  /** In seconds, rising. */
  readonly boundaries: readonly number[];
}

/** Labels are few; what comes after so many is not recorded. */
const maxCells = 50;

/** Durations in seconds by a label, each with attributes of its own. */
export class LabelledHistogram implements Instrument {
  readonly name: string;
  readonly overflowed = 0;
  readonly #settings: LabelledHistogramSettings;
  readonly #search: BucketSearch;
  readonly #cells = new Map<string, HistogramCell>();

  constructor(settings: LabelledHistogramSettings) {
    this.name = settings.name;
    this.#settings = settings;
    this.#search = new BucketSearch(settings.boundaries);
  }

  get series(): number {
    return this.#cells.size;
  }

  /** @param attributes of the label, asked for once. */
  record(label: string, seconds: number, attributes: () => Attributes): void {
    let cell = this.#cells.get(label);
    if (cell === undefined) {
      if (this.#cells.size >= maxCells) return;
      cell = new HistogramCell(attributes(), this.#search);
      this.#cells.set(label, cell);
    }
    cell.record(seconds);
  }

  *seriesAttributes(): Iterable<Attributes> {
    for (const cell of this.#cells.values()) yield cell.attributes;
  }

  collect({ temporality, slot, startMs }: CollectionWindow): MetricData | undefined {
    const points: HistogramPoint[] = [];
    for (const cell of this.#cells.values()) {
      const point = cell.collect(slot);
      if (point !== undefined) points.push(point);
    }
    if (points.length === 0) return undefined;
    return { ...this.#settings, kind: "histogram", unit: "s", temporality, startMs, points };
  }
}
