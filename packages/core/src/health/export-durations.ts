import type { Attributes } from "../model/attributes.ts";
import type { HistogramPoint, MetricData } from "../model/metric-data.ts";
import { BucketSearch, durationBoundaries } from "../metrics/cells/bucket-search.ts";
import { HistogramCell } from "../metrics/cells/histogram-cell.ts";
import type { CollectionWindow, Instrument } from "../metrics/cells/instrument.ts";

/** Exporters and kinds of failure are few; what comes after shares the last cell. */
const maxCells = 50;

/** How long each try of an export took: `otel.sdk.exporter.operation.duration`, with `error.type` where it failed. */
export class ExportDurations implements Instrument {
  readonly name = "otel.sdk.exporter.operation.duration";
  readonly overflowed = 0;
  readonly #search = new BucketSearch(durationBoundaries);
  readonly #cells = new Map<string, HistogramCell>();

  get series(): number {
    return this.#cells.size;
  }

  record(exporter: string, failure: string | undefined, seconds: number): void {
    const key = `${exporter}\n${failure ?? ""}`;
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      if (this.#cells.size >= maxCells) return;
      const name = { "otel.component.name": exporter };
      cell = new HistogramCell(failure === undefined ? name : { ...name, "error.type": failure }, this.#search);
      this.#cells.set(key, cell);
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
    const description = "The duration of exporting a batch of telemetry records.";
    const { name } = this;
    return {
      kind: "histogram",
      name,
      description,
      unit: "s",
      temporality,
      startMs,
      boundaries: durationBoundaries,
      points,
    };
  }
}
