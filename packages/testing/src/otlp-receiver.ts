import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { isDelivered, isOtlpPath, sendAnswer, type Answer, type OtlpPath } from "./answer.ts";
import { decodeMetricsRequest, type ReceivedPoint } from "./decode-metrics-request.ts";
import { decodeTraceRequest, type ReceivedSpan } from "./decode-trace-request.ts";

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
  readonly answer: Answer;
}

/** Counters that nothing bounds or clears, of what was delivered. */
export interface ReceiverTotals {
  requests: number;
  spans: number;
  points: number;
  wireBytes: number;
  bodyBytes: number;
  /** Requests that were answered so that the client must keep what it sent. */
  refusedRequests: number;
  /** Requests that were cut, or whose body was not what it claimed to be. Answered with 400. */
  malformedRequests: number;
  /** Spans, points and requests that are no longer kept, because the bound was reached. */
  forgotten: number;
}

/** Answers a request; nothing returned is `accept`. May wait, and so hold the request. */
export type Respond = (request: Omit<ReceivedRequest, "answer">) => Answer | undefined | Promise<Answer | undefined>;

export interface OtlpReceiverOptions {
  /** @default 0, a free one */
  port?: number;
  /** @default "127.0.0.1" */
  host?: string;
  /** Called for each request after it was answered and kept. */
  onRequest?: (request: ReceivedRequest) => void;
  /** Takes the place of "accept everything". Can be changed later: `receiver.respond`. */
  respond?: Respond;
  /** How many spans, points and requests are kept, each. Beyond it the oldest are forgotten. @default 100000 */
  maxKept?: number;
}

/** An OTLP/HTTP receiver on a real socket that decodes with the published schema. */
export interface OtlpReceiver {
  /** `http://host:port`, what `OTEL_EXPORTER_OTLP_ENDPOINT` takes. */
  readonly url: string;
  readonly port: number;
  /** Delivered spans in the order they arrived. */
  readonly spans: readonly ReceivedSpan[];
  /** Delivered points by metric name, in the order they arrived. */
  readonly metrics: ReadonlyMap<string, readonly ReceivedPoint[]>;
  /** Every request, refused ones too. */
  readonly requests: readonly ReceivedRequest[];
  readonly totals: Readonly<ReceiverTotals>;
  /** The error of the last malformed request. */
  readonly lastError: Error | undefined;
  respond: Respond;
  /** The newest point of each attribute set and resource: what a cumulative metric stands at. */
  latestPoints(name: string): ReceivedPoint[];
  /** The spans, once there are that many or the predicate says yes. Rejects after `timeoutMs` (default 5000) and says how many came. */
  waitForSpans(enough: number | ((spans: readonly ReceivedSpan[]) => boolean), timeoutMs?: number): Promise<readonly ReceivedSpan[]>;
  /** Resolves once the condition holds; it is asked after each request. Rejects after `timeoutMs` (default 5000). */
  waitFor(condition: () => boolean, timeoutMs?: number): Promise<void>;
  /** Forgets what is kept. Totals stay. */
  clear(): void;
  /** Cuts open connections and frees the port. */
  close(): Promise<void>;
}

const maxBodyBytes = 64 * 1024 * 1024;

/** Starts a receiver. Rejects when the port is taken. */
export async function startOtlpReceiver(options: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const { host = "127.0.0.1", port = 0, maxKept = 100_000 } = options;
  const spans: ReceivedSpan[] = [];
  const metrics = new Map<string, ReceivedPoint[]>();
  const requests: ReceivedRequest[] = [];
  const waiting = new Set<() => void>();
  const totals: ReceiverTotals = {
    requests: 0,
    spans: 0,
    points: 0,
    wireBytes: 0,
    bodyBytes: 0,
    refusedRequests: 0,
    malformedRequests: 0,
    forgotten: 0,
  };
  let lastError: Error | undefined;

  function keep<Item>(list: Item[], items: readonly Item[]): void {
    for (const item of items) list.push(item);
    // A tenth at a time: an array that is cut on every push costs its whole length each time.
    if (list.length > maxKept * 1.1) totals.forgotten += list.splice(0, list.length - maxKept).length;
  }

  function keepPoint(point: ReceivedPoint): void {
    const known = metrics.get(point.name);
    if (known === undefined) metrics.set(point.name, [point]);
    else keep(known, [point]);
  }

  function deliver(request: ReceivedRequest): void {
    if (isDelivered(request.answer)) {
      totals.requests++;
      totals.wireBytes += request.wireBytes;
      totals.bodyBytes += request.bodyBytes;
      totals.spans += request.spans.length;
      totals.points += request.points.length;
      keep(spans, request.spans);
      for (const point of request.points) keepPoint(point);
    } else {
      totals.refusedRequests++;
    }
    keep(requests, [request]);
  }

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (!isOtlpPath(path)) return void response.writeHead(404).end();
    if (request.method !== "POST") return void response.writeHead(405).end();
    const sent = await readBody(request);
    const received = decode(path, request.headers, sent);
    const answer = (await receiver.respond(received)) ?? { kind: "accept" };
    const whole = { ...received, answer };
    deliver(whole);
    sendAnswer(answer, path, request, response);
    options.onRequest?.(whole);
  }

  const server = createServer((request, response) => {
    take(request, response)
      .catch((error: unknown) => {
        totals.malformedRequests++;
        lastError = error instanceof Error ? error : new Error(String(error));
        if (!response.headersSent) response.writeHead(400).end(lastError.message);
      })
      .finally(() => {
        for (const look of waiting) look();
      });
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address() as AddressInfo;

  const receiver: OtlpReceiver = {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    spans,
    metrics,
    requests,
    totals,
    get lastError() {
      return lastError;
    },
    respond: options.respond ?? (() => undefined),
    latestPoints: (name) => latest(metrics.get(name) ?? []),
    async waitForSpans(enough, timeoutMs) {
      const condition = typeof enough === "number" ? () => spans.length >= enough : () => enough(spans);
      await receiver.waitFor(condition, timeoutMs);
      return spans;
    },
    waitFor(condition, timeoutMs = 5_000) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          try {
            if (!condition()) return;
            resolve();
          } catch (error) {
            reject(error);
          }
          clearTimeout(timer);
          waiting.delete(look);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`Waited ${timeoutMs} ms in vain: ${describe(totals, lastError)}.`));
        }, timeoutMs);
        waiting.add(look);
        look();
      });
    },
    clear() {
      spans.length = 0;
      requests.length = 0;
      metrics.clear();
    },
    async close() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > maxBodyBytes) throw new RangeError(`A body must be at most ${maxBodyBytes} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function decode(path: OtlpPath, headers: IncomingHttpHeaders, sent: Buffer): Omit<ReceivedRequest, "answer"> {
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "gzip" && encoding !== "identity") throw new RangeError(`Content-Encoding must be gzip or none, got ${encoding}.`);
  if (headers["content-type"] !== "application/x-protobuf") {
    throw new RangeError(`Content-Type must be application/x-protobuf, got ${headers["content-type"]}.`);
  }
  const body = encoding === "gzip" ? gunzipSync(sent, { maxOutputLength: maxBodyBytes }) : sent;
  return {
    path,
    headers,
    wireBytes: sent.length,
    bodyBytes: body.length,
    spans: path === "/v1/traces" ? decodeTraceRequest(body) : [],
    points: path === "/v1/metrics" ? decodeMetricsRequest(body) : [],
  };
}

function latest(points: readonly ReceivedPoint[]): ReceivedPoint[] {
  const newest = new Map<string, ReceivedPoint>();
  for (const point of points) newest.set(seriesKey(point), point);
  return [...newest.values()];
}

function seriesKey(point: ReceivedPoint): string {
  const sorted = (attributes: ReceivedPoint["attributes"]): unknown[] =>
    Object.entries(attributes)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, typeof value, String(value)]);
  return JSON.stringify([sorted(point.resource), point.scope.name, sorted(point.attributes)]);
}

function describe(totals: ReceiverTotals, lastError: Error | undefined): string {
  const came = `${totals.spans} spans and ${totals.points} points in ${totals.requests} requests came`;
  const refused = `${totals.refusedRequests} were refused, ${totals.malformedRequests} malformed`;
  return lastError === undefined ? `${came}, ${refused}` : `${came}, ${refused} (${lastError.message})`;
}
