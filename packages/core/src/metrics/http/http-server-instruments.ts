import type { Route } from "../../model/route.ts";
import { ActiveRequests } from "./active-requests.ts";
import { BodySizeHistograms } from "./body-size-histograms.ts";
import { BucketSearch, streamBoundaries } from "../cells/bucket-search.ts";
import { CounterCell } from "../cells/counter-cell.ts";
import { RequestCounter, SeriesHistogram } from "./series-instruments.ts";
import type { SampleSettings } from "../cells/reservoir.ts";
import { HistogramCell } from "../cells/histogram-cell.ts";
import type { HttpSeries, HttpServerMetrics } from "./http-server-metrics.ts";
import type { Instrument } from "../cells/instrument.ts";
import { OverflowSeries, type RareInstruments, RequestSeries } from "./request-series.ts";
import { type Scheme, SeriesTable, type StatusAttribute } from "./series-table.ts";

export interface HttpServerSettings {
  readonly methods: readonly string[];
  readonly boundaries: readonly number[];
  readonly statusAttribute: StatusAttribute;
  readonly maxSeries: number;
  readonly maxErrorTypes: number;
  readonly samples?: SampleSettings | undefined;
}

/** The metrics of an HTTP server. One record is one way through arrays to a cell, and a few numbers raised. */
export class HttpServerInstruments implements HttpServerMetrics {
  readonly #durations: SeriesTable<RequestSeries>;
  readonly #rare: RareInstruments;
  readonly #active: ActiveRequests;
  readonly instruments: readonly Instrument[];
  readonly durations: Instrument;

  constructor(settings: HttpServerSettings) {
    const { boundaries, samples } = settings;
    const durations = new BucketSearch(boundaries, samples);
    const streams = new BucketSearch(streamBoundaries, samples);
    const rare: RareInstruments = {
      streams: new SeriesTable({
        ...settings,
        createCell: (attributes) => new HistogramCell(attributes, streams),
      }),
      aborts: new SeriesTable({ ...settings, createCell: (attributes) => new CounterCell(attributes) }),
      sizes: new BodySizeHistograms(settings),
    };
    this.#rare = rare;
    this.#durations = new SeriesTable({
      ...settings,
      createCell: (attributes, key) => new RequestSeries(attributes, durations, key, rare),
    });
    this.#active = new ActiveRequests(settings.methods);
    this.durations = new SeriesHistogram({
      metric: "http.server.request.duration",
      boundaries,
      table: this.#durations,
    });
    this.instruments = [
      this.durations,
      this.#active,
      new RequestCounter({ metric: "gossamer.http.server.aborted_requests", table: rare.aborts }),
      new SeriesHistogram({
        metric: "gossamer.http.server.stream.duration",
        boundaries: streamBoundaries,
        table: rare.streams,
      }),
      ...rare.sizes.instruments,
    ];
  }

  started(method: number, scheme: Scheme): void {
    this.#active.started(method, scheme);
  }

  ended(method: number, scheme: Scheme): void {
    this.#active.ended(method, scheme);
  }

  series(
    route: Route | undefined,
    method: number,
    scheme: Scheme,
    statusCode: number | undefined,
    errorType: string | undefined,
  ): HttpSeries {
    const series = this.#durations.cell(route, method, scheme, statusCode, errorType);
    if (series.rare !== undefined) return series;
    return new OverflowSeries(series, { route, method, scheme, statusCode, errorType }, this.#rare);
  }
}
