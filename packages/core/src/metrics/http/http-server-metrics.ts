import type { OfferedExemplar } from "../cells/exemplar-slots.ts";
import type { Route } from "../../model/route.ts";

/**
 * Where exchanges are counted. Nothing here throws or keeps what it is given.
 *
 * A method is its index in the names the metrics were made with. A route is `undefined` when none matched: all those requests share a series.
 * A status is `undefined` when no response head left the process, and is then left out, never invented.
 */
export interface HttpServerMetrics {
  /** A request began: `http.server.active_requests`. Each is followed by one {@link HttpServerMetrics.ended}. */
  started(method: number, scheme: "http" | "https"): void;
  ended(method: number, scheme: "http" | "https"): void;
  /** Where requests are recorded that are alike in all this: found once a request, whatever there is to record. Good for this request alone. */
  series(
    route: Route | undefined,
    method: number,
    scheme: "http" | "https",
    statusCode: number | undefined,
    errorType: string | undefined,
  ): HttpSeries;
}

/** How many bytes the bodies of a request had, as far as that is known. */
export interface MeasuredBodies {
  readonly request: number | undefined;
  readonly response: number | undefined;
}

/** The instruments of requests that are alike. */
export interface HttpSeries {
  /** A request took `seconds`, or a stream so long to its headers: `http.server.request.duration`. */
  record(seconds: number): void;
  /** A stream lasted `seconds`, from the request to the end of its body: `gossamer.http.server.stream.duration`. */
  recordStream(seconds: number): void;
  /** The client left before the whole response was handed over: `gossamer.http.server.aborted_requests`. Counted beside the duration. */
  aborted(): void;
  /** The bodies had so many bytes: `http.server.request.body.size`, `http.server.response.body.size`. What is not known is left out. */
  recordSizes(bodies: MeasuredBodies): void;
  /** Whether the bucket of a duration has had no example for a second by that time since 1970: more of them nobody sees. */
  wantsExample(seconds: number, timeMs: number): boolean;
  /** A duration that was recorded, of a request whose span was written: an example of its bucket. */
  offer(exemplar: OfferedExemplar): void;
}

const noSeries: HttpSeries = Object.freeze({
  record() {},
  recordStream() {},
  aborted() {},
  recordSizes() {},
  wantsExample: () => false,
  offer() {},
});

/** Counts nothing. */
export const noHttpServerMetrics: HttpServerMetrics = Object.freeze({
  started() {},
  ended() {},
  series: () => noSeries,
});
