import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { countMetrics, countTraces } from "./count-otlp.ts";
import type { SinkTotals } from "./sink.ts";

/**
 * An OTLP/HTTP receiver in a process of its own, that counts by service and keeps nothing.
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

function take(request: IncomingMessage, sent: Buffer): void {
  const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(sent) : sent;
  const isTraces = request.url === "/v1/traces";
  for (const [service, counts] of isTraces ? countTraces(body) : countMetrics(body)) {
    const total = totalsOf(service);
    total.exports++;
    if (isTraces) total.wireBytes += sent.length;
    total.spans += counts.spans;
    total.serverSpans += counts.serverSpans;
    total.serverAttributes += counts.serverAttributes;
    if (counts.requests !== undefined) total.requests = counts.requests;
  }
}

const server = createServer((request: IncomingMessage, response: ServerResponse) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url?.startsWith("/black-hole/") === true) return;
    try {
      take(request, Buffer.concat(chunks));
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    } catch (error) {
      malformed = `${request.url}: ${String(error)}`;
      response.writeHead(400).end();
    }
  });
});

server.requestTimeout = 0;
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
process.on("message", (service: string) => {
  process.send?.({ ...totalsOf(service), malformed });
});
process.on("disconnect", () => process.exit());
