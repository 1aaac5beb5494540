import { BucketSearch } from "../cells/bucket-search.ts";
import { HistogramCell } from "../cells/histogram-cell.ts";
import type { MeasuredBodies } from "./http-server-metrics.ts";
import type { Instrument } from "../cells/instrument.ts";
import { SeriesHistogram } from "./series-instruments.ts";
import { type SeriesKey, SeriesTable, type SeriesTableSettings } from "./series-table.ts";

/** Upper bounds of the size buckets in bytes, from a short answer to a large file. The conventions name none. */
const sizeBoundaries: readonly number[] = Object.freeze([
  0, 128, 512, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
]);

/** How many bytes bodies have. Takes no room until the first is recorded. */
export class BodySizeHistograms {
  readonly #requests: SeriesTable<HistogramCell>;
  readonly #responses: SeriesTable<HistogramCell>;
  readonly instruments: readonly Instrument[];

  constructor(settings: Omit<SeriesTableSettings<HistogramCell>, "createCell">) {
    const search = new BucketSearch(sizeBoundaries);
    const table = (): SeriesTable<HistogramCell> =>
      new SeriesTable({ ...settings, createCell: (attributes) => new HistogramCell(attributes, search) });
    this.#requests = table();
    this.#responses = table();
    this.instruments = [
      new SeriesHistogram({
        metric: "http.server.request.body.size",
        boundaries: sizeBoundaries,
        table: this.#requests,
      }),
      new SeriesHistogram({
        metric: "http.server.response.body.size",
        boundaries: sizeBoundaries,
        table: this.#responses,
      }),
    ];
  }

  record(key: SeriesKey, { request, response }: MeasuredBodies): void {
    if (request !== undefined) this.#requests.cellOf(key).record(request);
    if (response !== undefined) this.#responses.cellOf(key).record(response);
  }
}
