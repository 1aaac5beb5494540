import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { checks, type MemberChecks, readOptions } from "@gossamer/core/adapter";
import { isOtlpPath, sendAnswer, type Answer, type OtlpPath } from "./answer.ts";
import { Arrivals, type ReceivedRequest, type ReceiverTotals } from "./arrivals.ts";
import { decodeLogsRequest, type ReceivedLog } from "./decode-logs-request.ts";
import { decodeMetricsRequest, type ReceivedPoint } from "./decode-metrics-request.ts";
import { decodeTraceRequest, type ReceivedSpan } from "./decode-trace-request.ts";

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
  /** How many spans, points, log records and requests are kept, each. Beyond it the oldest are forgotten. @default 100000 */
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
  /** Delivered log records in the order they arrived. */
  readonly logs: readonly ReceivedLog[];
  /** Every request, refused ones too. */
  readonly requests: readonly ReceivedRequest[];
  readonly totals: Readonly<ReceiverTotals>;
  /** The error of the last malformed request. */
  readonly lastError: Error | undefined;
  respond: Respond;
  /** The newest point of each attribute set and resource: what a cumulative metric stands at. */
  latestPoints(name: string): ReceivedPoint[];
  /** The spans, once there are that many or the predicate says yes. Rejects after `timeoutMs` (default 5000) and says how many came. */
  waitForSpans(
    enough: number | ((spans: readonly ReceivedSpan[]) => boolean),
    timeoutMs?: number,
  ): Promise<readonly ReceivedSpan[]>;
  /** Resolves once the condition holds; it is asked after each request. Rejects after `timeoutMs` (default 5000). */
  waitFor(condition: () => boolean, timeoutMs?: number): Promise<void>;
  /** Forgets what is kept. Totals stay. */
  clear(): void;
  /** Cuts open connections and frees the port. */
  close(): Promise<void>;
}

const receiverChecks: MemberChecks<OtlpReceiverOptions> = {
  port: checks.integer(0, 65_535),
  host: checks.text,
  onRequest: checks.callable(),
  respond: checks.callable(),
  maxKept: checks.count(0),
};

const maxBodyBytes = 64 * 1024 * 1024;

/** Starts a receiver. Rejects when the port is taken. */
export async function startOtlpReceiver(options: OtlpReceiverOptions = {}): Promise<OtlpReceiver> {
  const given = readOptions(options, "startOtlpReceiver", receiverChecks);
  const { host = "127.0.0.1", port = 0, maxKept = 100_000 } = given;
  const arrivals = new Arrivals(maxKept);

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    if (!isOtlpPath(path)) return void response.writeHead(404).end();
    if (request.method !== "POST") return void response.writeHead(405).end();
    const received = decode(path, request.headers, await readBody(request));
    const answer = (await receiver.respond(received)) ?? { kind: "accept" };
    const whole = { ...received, answer };
    arrivals.take(whole);
    sendAnswer(answer, path, request, response);
    given.onRequest?.(whole);
  }

  const server = createServer((request, response) => {
    take(request, response).catch((thrown: unknown) => {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown));
      arrivals.malformed(error);
      if (!response.headersSent) response.writeHead(400).end(error.message);
    });
  });
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address() as AddressInfo;

  const receiver: OtlpReceiver = {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    spans: arrivals.spans,
    metrics: arrivals.metrics,
    logs: arrivals.logs,
    requests: arrivals.requests,
    totals: arrivals.totals,
    get lastError() {
      return arrivals.lastError;
    },
    respond: given.respond ?? (() => undefined),
    latestPoints: (name) => arrivals.latestPoints(name),
    async waitForSpans(enough, timeoutMs) {
      const { spans } = arrivals;
      await arrivals.waitFor(() => (typeof enough === "number" ? spans.length >= enough : enough(spans)), timeoutMs);
      return spans;
    },
    waitFor: (condition, timeoutMs) => arrivals.waitFor(condition, timeoutMs),
    clear: () => arrivals.clear(),
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
  if (encoding !== "gzip" && encoding !== "identity")
    throw new RangeError(`Content-Encoding must be gzip or none, got ${encoding}.`);
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
    logs: path === "/v1/logs" ? decodeLogsRequest(body) : [],
  };
}
