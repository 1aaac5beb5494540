import type { Attributes } from "../../model/attributes.ts";
import type { MetricData, NumberPoint } from "../../model/metric-data.ts";
import { ownMetric } from "../catalogue/own-metrics.ts";
import type { CollectionWindow, Instrument } from "../cells/instrument.ts";
import type { Scheme } from "./series-table.ts";

/** Requests under way, by method and scheme: at most two series a known method. */
export class ActiveRequests implements Instrument {
  readonly name = "http.server.active_requests" as const;
  readonly overflowed = 0;
  readonly #methods: readonly string[];
  readonly #started: Float64Array;
  readonly #ended: Float64Array;

  constructor(methods: readonly string[]) {
    this.#methods = methods;
    this.#started = new Float64Array(methods.length * 2);
    this.#ended = new Float64Array(methods.length * 2);
  }

  started(method: number, scheme: Scheme): void {
    this.#started[scheme === "http" ? method * 2 : method * 2 + 1]!++;
  }

  ended(method: number, scheme: Scheme): void {
    this.#ended[scheme === "http" ? method * 2 : method * 2 + 1]!++;
  }

  get series(): number {
    return this.#started.reduce((series, count) => (count > 0 ? series + 1 : series), 0);
  }

  *seriesAttributes(): Iterable<Attributes> {
    for (const { attributes } of this.#points()) yield attributes;
  }

  /** Always cumulative: a level has no meaning as a difference. */
  collect({ beganMs }: CollectionWindow): MetricData | undefined {
    const points = this.#points();
    if (points.length === 0) return undefined;
    return {
      kind: "sum",
      monotonic: false,
      valueType: "int",
      ...ownMetric(this.name),
      temporality: "cumulative",
      startMs: beganMs,
      points,
    };
  }

  #points(): NumberPoint[] {
    const points: NumberPoint[] = [];
    for (let place = 0; place < this.#started.length; place++) {
      const started = this.#started[place]!;
      if (started === 0) continue;
      const attributes: Attributes = {
        "http.request.method": this.#methods[place >> 1]!,
        "url.scheme": place % 2 === 0 ? "http" : "https",
      };
      points.push({ attributes, value: started - this.#ended[place]! });
    }
    return points;
  }
}
