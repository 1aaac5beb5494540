import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { countDatadog } from "./count-datadog.ts";
import { countElastic } from "./count-elastic.ts";
import { countMetrics, countTraces } from "./count-otlp.ts";
import { sumCounts, type Counts } from "./counts.ts";
import type { SinkTotals } from "./sink.ts";

/**
 * A receiver in a process of its own, for OTLP/HTTP and for what Datadog's agent and Elastic's APM Server take, that counts by service and keeps nothing.
 *
 * Below `/black-hole` it takes requests and never answers.
 */
const totals = new Map<string, SinkTotals>();
let malformed: string | undefined;

function totalsOf(service: string): SinkTotals {
  let known = totals.get(service);
  if (known === undefined) {
    known = {
      spans: 0,
      serverSpans: 0,
      clientSpans: 0,
      serverAttributes: 0,
      requests: undefined,
      exports: 0,
      wireBytes: 0,
      malformed: undefined,
    };
    totals.set(service, known);
  }
  return known;
}

interface Receiver {
  readonly count: (body: Buffer) => Map<string, Counts>;
  /** `metrics`: cumulative, so that the newest number of requests is the whole. */
  readonly of: "traces" | "metrics";
  readonly answer: string;
}

/** How an export is read, by its path. */
const receivers: Readonly<Record<string, Receiver>> = {
  "/v1/traces": { count: countTraces, of: "traces", answer: "" },
  "/v1/metrics": { count: countMetrics, of: "metrics", answer: "" },
  "/v0.4/traces": { count: countDatadog, of: "traces", answer: '{"rate_by_service":{}}' },
  "/intake/v2/events": { count: countElastic, of: "traces", answer: "" },
};

/** What peers ask before they send: Datadog's agent says what it takes, Elastic's server its version. */
const questions: Readonly<Record<string, () => object>> = {
  "/info": () => ({ version: "7.60.0", endpoints: ["/v0.4/traces"], client_drop_p0s: false }),
  "/": () => ({ version: "8.15.0" }),
  "/neighbour": () => ({ url: `http://127.0.0.1:${portOf(neighbour)}` }),
};

function take({ count, of }: Receiver, request: IncomingMessage, sent: Buffer): void {
  const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
  for (const [service, counts] of count(body)) {
    const total = totalsOf(service);
    total.exports++;
    if (of === "traces") total.wireBytes += sent.length;
    Object.assign(total, sumCounts(total, counts));
    if (of === "metrics" && counts.requests !== undefined) total.requests = counts.requests;
  }
}

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url?.startsWith("/black-hole/") === true) return;
    const path = request.url?.split("?")[0] ?? "";
    const receiver = receivers[path];
    if (receiver === undefined) {
      response.writeHead(path in questions ? 200 : 404).end(JSON.stringify(questions[path]?.()));
      return;
    }
    try {
      take(receiver, request, Buffer.concat(chunks));
      response.end(receiver.answer);
    } catch (error) {
      malformed = `${request.url}: ${String(error)}`;
      response.writeHead(400).end();
    }
  });
});

/** The service that the one under measurement calls, where requests make an outgoing call. */
const neighbour = createServer((_request: IncomingMessage, response: ServerResponse) => {
  response.end("in stock");
});

neighbour.keepAliveTimeout = 120_000;
neighbour.listen(0, "127.0.0.1");
server.requestTimeout = 0;
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => {
  process.send?.({ url: `http://127.0.0.1:${portOf(server)}` });
});

function portOf(listening: Server): number {
  return (listening.address() as AddressInfo).port;
}

process.on("message", (service: string) => {
  process.send?.({ ...totalsOf(service), malformed });
});
process.on("disconnect", () => process.exit());
