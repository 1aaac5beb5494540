import type { IncomingHttpHeaders } from "node:http";
import { isDelivered, type Answer, type OtlpPath } from "./answer.ts";
import { valueText } from "./attribute-record.ts";
import type { ReceivedLog } from "./decode-logs-request.ts";
import type { ReceivedPoint } from "./decode-metrics-request.ts";
import type { ReceivedSpan } from "./decode-trace-request.ts";

/** One export request as it came in, whatever was answered. */
export interface ReceivedRequest {
  readonly path: OtlpPath;
  readonly headers: IncomingHttpHeaders;
  /** Of the body as it was sent. */
  readonly wireBytes: number;
  /** Of the body after gunzip; equal to `wireBytes` when it was not compressed. */
  readonly bodyBytes: number;
  readonly spans: readonly ReceivedSpan[];
  readonly points: readonly ReceivedPoint[];
  readonly logs: readonly ReceivedLog[];
  readonly answer: Answer;
}

/** Counters that nothing bounds or clears, of what was delivered. */
export interface ReceiverTotals {
  requests: number;
  spans: number;
  points: number;
  logs: number;
  wireBytes: number;
  bodyBytes: number;
  /** Requests that were answered so that the client must keep what it sent. */
  refusedRequests: number;
  /** Requests that were cut, or whose body was not what it claimed to be. Answered with 400. */
  malformedRequests: number;
  /** Spans, points, log records and requests that are no longer kept, because the bound was reached. */
  forgotten: number;
}

/** Keeps what arrived, up to a bound each of spans, points a metric, log records and requests, and tells those who wait. */
export class Arrivals {
  readonly spans: ReceivedSpan[] = [];
  readonly metrics: Map<string, ReceivedPoint[]> = new Map();
  readonly logs: ReceivedLog[] = [];
  readonly requests: ReceivedRequest[] = [];
  readonly totals: ReceiverTotals = {
    requests: 0,
    spans: 0,
    points: 0,
    logs: 0,
    wireBytes: 0,
    bodyBytes: 0,
    refusedRequests: 0,
    malformedRequests: 0,
    forgotten: 0,
  };
  lastError: Error | undefined;
  readonly #maxKept: number;
  readonly #waiting = new Set<() => void>();

  constructor(maxKept: number) {
    this.#maxKept = maxKept;
  }

  take(request: ReceivedRequest): void {
    const { totals } = this;
    this.#keep(this.requests, [request]);
    if (isDelivered(request.answer)) {
      totals.requests++;
      totals.wireBytes += request.wireBytes;
      totals.bodyBytes += request.bodyBytes;
      totals.spans += request.spans.length;
      totals.points += request.points.length;
      totals.logs += request.logs.length;
      this.#keep(this.spans, request.spans);
      this.#keep(this.logs, request.logs);
      for (const point of request.points) this.#keepPoint(point);
    } else {
      totals.refusedRequests++;
    }
    this.#tell();
  }

  malformed(error: Error): void {
    this.totals.malformedRequests++;
    this.lastError = error;
    this.#tell();
  }

  latestPoints(name: string): ReceivedPoint[] {
    const newest = new Map<string, ReceivedPoint>();
    for (const point of this.metrics.get(name) ?? []) newest.set(seriesKey(point), point);
    return [...newest.values()];
  }

  waitFor(condition: () => boolean, timeoutMs = 5_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
      };
      const look = (): void => {
        try {
          if (!condition()) return;
          resolve();
        } catch (error) {
          reject(error);
        }
        stop();
      };
      const timer = setTimeout(() => {
        stop();
        reject(new Error(`Waited ${timeoutMs} ms in vain: ${this.#describe()}.`));
      }, timeoutMs);
      this.#waiting.add(look);
      look();
    });
  }

  clear(): void {
    this.spans.length = 0;
    this.logs.length = 0;
    this.requests.length = 0;
    this.metrics.clear();
  }

  #keepPoint(point: ReceivedPoint): void {
    const known = this.metrics.get(point.name);
    if (known === undefined) this.metrics.set(point.name, [point]);
    else this.#keep(known, [point]);
  }

  #keep<Item>(list: Item[], items: readonly Item[]): void {
    for (const item of items) list.push(item);
    // A tenth at a time: an array that is cut on every push costs its whole length each time.
    if (list.length > this.#maxKept * 1.1) {
      this.totals.forgotten += list.splice(0, list.length - this.#maxKept).length;
    }
  }

  #tell(): void {
    for (const look of this.#waiting) look();
  }

  #describe(): string {
    const { spans, points, logs, requests, refusedRequests, malformedRequests } = this.totals;
    const came = `${spans} spans, ${points} points and ${logs} log records in ${requests} requests came`;
    const refused = `${refusedRequests} were refused, ${malformedRequests} malformed`;
    return this.lastError === undefined ? `${came}, ${refused}` : `${came}, ${refused} (${this.lastError.message})`;
  }
}

function seriesKey(point: ReceivedPoint): string {
  const sorted = (attributes: ReceivedPoint["attributes"]): unknown[] =>
    Object.entries(attributes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, typeof value, valueText(value)]);
  return JSON.stringify([sorted(point.resource), point.scope.name, sorted(point.attributes)]);
}
