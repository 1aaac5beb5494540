import type { Attributes } from "../model/attributes.ts";
import type { HistogramPoint, MetricData } from "../model/metric-data.ts";
import { ownMetric, type OwnMetricOf } from "../metrics/catalogue/own-metrics.ts";
import { BucketSearch } from "../metrics/cells/bucket-search.ts";
import { HistogramCell } from "../metrics/cells/histogram-cell.ts";
import type { CollectionWindow, Instrument } from "../metrics/cells/instrument.ts";

/** Labels are few; what comes after so many is not recorded. */
const maxCells = 50;

/** Durations in seconds by a label, each with attributes of its own. */
export class LabelledHistogram implements Instrument {
  readonly name: OwnMetricOf<"histogram">;
  readonly overflowed = 0;
  readonly #boundaries: readonly number[];
  readonly #search: BucketSearch;
  readonly #cells = new Map<string, HistogramCell>();

  /** @param boundaries in seconds, rising. */
  constructor(name: OwnMetricOf<"histogram">, boundaries: readonly number[]) {
    this.name = name;
    this.#boundaries = boundaries;
    this.#search = new BucketSearch(boundaries);
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
    return { ...ownMetric(this.name), kind: "histogram", boundaries: this.#boundaries, temporality, startMs, points };
  }
}
