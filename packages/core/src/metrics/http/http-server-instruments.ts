import type { Route } from "../../model/route.ts";
import { ActiveRequests } from "./active-requests.ts";
import { BodySizeHistograms } from "./body-size-histograms.ts";
import { BucketSearch, streamBoundaries } from "../cells/bucket-search.ts";
import { CounterCell } from "../cells/counter-cell.ts";
import { SeriesHistogram } from "./series-instruments.ts";
import { HistogramCell } from "../cells/histogram-cell.ts";
import type { HttpServerMetrics } from "./http-server-metrics.ts";
import type { Instrument } from "../cells/instrument.ts";
import { RequestCounter } from "./series-instruments.ts";
import { type Scheme, SeriesTable, type StatusAttribute } from "./series-table.ts";

export interface HttpServerSettings {
  readonly methods: readonly string[];
  readonly boundaries: readonly number[];
  readonly statusAttribute: StatusAttribute;
  readonly maxSeries: number;
  readonly maxErrorTypes: number;
}

/** The metrics of an HTTP server. One record is one way through arrays to a cell, and a few numbers raised. */
export class HttpServerInstruments implements HttpServerMetrics {
  readonly #durations: SeriesTable<HistogramCell>;
  readonly #streams: SeriesTable<HistogramCell>;
  readonly #aborts: SeriesTable<CounterCell>;
  readonly #sizes: BodySizeHistograms;
  readonly #active: ActiveRequests;
  readonly instruments: readonly Instrument[];

  constructor(settings: HttpServerSettings) {
    const { boundaries } = settings;
    const durations = new BucketSearch(boundaries);
    const streams = new BucketSearch(streamBoundaries);
    this.#durations = new SeriesTable({
      ...settings,
      createCell: (attributes) => new HistogramCell(attributes, durations),
    });
    this.#streams = new SeriesTable({
      ...settings,
      createCell: (attributes) => new HistogramCell(attributes, streams),
    });
    this.#aborts = new SeriesTable({ ...settings, createCell: (attributes) => new CounterCell(attributes) });
    this.#sizes = new BodySizeHistograms(settings);
    this.#active = new ActiveRequests(settings.methods);
    this.instruments = [
      new SeriesHistogram({
        name: "http.server.request.duration",
        description: "Duration of HTTP server requests.",
        unit: "s",
        boundaries,
        table: this.#durations,
      }),
      this.#active,
      new RequestCounter({
        name: "gossamer.http.server.aborted_requests",
        description: "Requests whose client left before the whole response was handed over.",
        table: this.#aborts,
      }),
      new SeriesHistogram({
        name: "gossamer.http.server.stream.duration",
        description: "Lifetime of streamed responses, from the request to the end of the body.",
        unit: "s",
        boundaries: streamBoundaries,
        table: this.#streams,
      }),
      ...this.#sizes.instruments,
    ];
  }

  started(method: number, scheme: Scheme): void {
    this.#active.started(method, scheme);
  }

  ended(method: number, scheme: Scheme): void {
    this.#active.ended(method, scheme);
  }

  record(
    route: Route | undefined,
    method: number,
    scheme: Scheme,
    statusCode: number | undefined,
    errorType: string | undefined,
    seconds: number,
  ): void {
    this.#durations.cell(route, method, scheme, statusCode, errorType).record(seconds);
  }

  recordStream(
    route: Route | undefined,
    method: number,
    scheme: Scheme,
    statusCode: number | undefined,
    errorType: string | undefined,
    seconds: number,
  ): void {
    this.#streams.cell(route, method, scheme, statusCode, errorType).record(seconds);
  }

  aborted(route: Route | undefined, method: number, scheme: Scheme, statusCode: number | undefined): void {
    this.#aborts.cell(route, method, scheme, statusCode, undefined).add();
  }

  recordSizes(...record: Parameters<HttpServerMetrics["recordSizes"]>): void {
    this.#sizes.record(...record);
  }
}
