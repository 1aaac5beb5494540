import type { ReceivedPoint } from "../decode-metrics-request.ts";
import type { ReceivedSpan } from "../decode-trace-request.ts";
import type { OtlpReceiver } from "../otlp-receiver.ts";

/** OTLP's number for a server span. */
const serverKind = 2;

/** What had arrived over the wire at one moment. */
export interface Seen {
  readonly spans: readonly ReceivedSpan[];
  /** The spans of requests, in the order they began. */
  readonly requests: readonly ReceivedSpan[];
  /** The series of `http.server.request.duration`. */
  readonly durations: readonly ReceivedPoint[];
  /** The series of `gossamer.http.server.stream.duration`. */
  readonly streams: readonly ReceivedPoint[];
  /** Requests that were counted. */
  readonly counted: number;
  readonly aborted: number;
  /** The one span of a request, by its `url.path`. */
  request(path: string): ReceivedSpan;
  /** The one span of that name. */
  span(name: string): ReceivedSpan;
  /** How many requests a route counts; `undefined` for those that matched none. */
  countOf(route: string | undefined): number;
}

export function whatArrived(receiver: OtlpReceiver): Seen {
  const spans = [...receiver.spans];
  const requests = spans
    .filter(({ kind }) => kind === serverKind)
    .sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano));
  const durations = receiver.latestPoints("http.server.request.duration");
  return {
    spans,
    requests,
    durations,
    streams: receiver.latestPoints("gossamer.http.server.stream.duration"),
    counted: countAll(durations),
    aborted: receiver
      .latestPoints("gossamer.http.server.aborted_requests")
      .reduce((sum, { value }) => sum + Number(value), 0),
    request: (path) => only(requests, `request to ${path}`, ({ attributes }) => attributes["url.path"] === path),
    span: (name) => only(spans, `span ${JSON.stringify(name)}`, (span) => span.name === name),
    countOf: (route) => countAll(durations.filter(({ attributes }) => attributes["http.route"] === route)),
  };
}

function countAll(points: readonly ReceivedPoint[]): number {
  return points.reduce((sum, { count }) => sum + count, 0);
}

function only(spans: readonly ReceivedSpan[], what: string, fits: (span: ReceivedSpan) => boolean): ReceivedSpan {
  const found = spans.filter(fits);
  const [span] = found;
  if (span === undefined || found.length > 1) {
    const names = spans.map(({ name }) => name).join(", ");
    throw new Error(`There must be one ${what}, got ${found.length} among: ${names}.`);
  }
  return span;
}
