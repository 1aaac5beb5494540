import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { createTelemetry, resetTelemetry } from "@gossamer/core";
import { afterEach, describe, expect, it } from "vitest";
import { startOtlpReceiver, type OtlpReceiver, type OtlpReceiverOptions } from "./otlp-receiver.ts";
import { otlpSchema } from "./otlp-schema.ts";

const open: OtlpReceiver[] = [];
afterEach(() => Promise.all(open.splice(0).map((receiver) => receiver.close())));

async function start(options?: OtlpReceiverOptions): Promise<OtlpReceiver> {
  const receiver = await startOtlpReceiver(options);
  open.push(receiver);
  return receiver;
}

function traces(...names: string[]): Uint8Array {
  const spans = names.map((name) => ({ name, traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 2) }));
  return otlpSchema.trace.v1.ExportTraceServiceRequest.encode({
    resourceSpans: [{ scopeSpans: [{ spans }] }],
  }).finish();
}

function counter(value: number, route: string): Uint8Array {
  const attributes = [{ key: "http.route", value: { stringValue: route } }];
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ asInt: value, attributes }] };
  return otlpSchema.metrics.v1.ExportMetricsServiceRequest.encode({
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "c", sum }] }] }],
  }).finish();
}

function post(
  receiver: OtlpReceiver,
  body: Uint8Array,
  headers: Record<string, string> = {},
  path = "/v1/traces",
): Promise<Response> {
  return fetch(receiver.url + path, {
    method: "POST",
    body: Buffer.from(body),
    headers: { "content-type": "application/x-protobuf", ...headers },
  });
}

describe("startOtlpReceiver", () => {
  it("takes spans and answers an empty response message (R-A6)", async () => {
    const receiver = await start();
    const response = await post(receiver, traces("a", "b"));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/x-protobuf");
    expect((await response.arrayBuffer()).byteLength).toBe(0);
    expect(receiver.spans.map((span) => span.name)).toEqual(["a", "b"]);
  });

  it("takes gzip and tells bytes on the wire from bytes of the message (R-A6)", async () => {
    const receiver = await start();
    const body = traces(...Array.from({ length: 50 }, () => "the same name each time"));
    const zipped = gzipSync(body);
    await post(receiver, zipped, { "content-encoding": "gzip" });
    expect(receiver.requests).toMatchObject([{ path: "/v1/traces", wireBytes: zipped.length, bodyBytes: body.length }]);
    expect(receiver.spans).toHaveLength(50);
  });

  it("gives the newest point of each series (R-A6)", async () => {
    const receiver = await start();
    for (const body of [counter(1, "/a"), counter(5, "/b"), counter(2, "/a")])
      await post(receiver, body, {}, "/v1/metrics");
    expect(receiver.metrics.get("c")).toHaveLength(3);
    expect(receiver.latestPoints("c").map((point) => [point.attributes["http.route"], point.value])).toEqual([
      ["/a", 2],
      ["/b", 5],
    ]);
  });

  it("takes the exponential histograms that Gossamer exports, and what else is in their batch (R-A6)", async () => {
    const receiver = await start();
    const telemetry = createTelemetry({
      otlp: { endpoint: receiver.url },
      views: [{ instrument: "took", aggregation: "exponential" }],
      diagnostics: "none",
      shutdown: { signals: false },
    });
    try {
      const meter = telemetry.meterProvider.getMeter("own");
      const took = meter.createHistogram("took");
      for (const value of [0, 1, 4]) took.record(value);
      meter.createCounter("orders").add(2);
      await telemetry.flush(5_000);
    } finally {
      await resetTelemetry();
    }
    const [point] = receiver.latestPoints("took");
    expect(point).toMatchObject({ kind: "exponential-histogram", count: 3, sum: 5, exponential: { zeroCount: 1 } });
    expect(point?.exponential?.positive.counts.reduce((sum, count) => sum + count)).toBe(2);
    expect(receiver.latestPoints("orders")).toMatchObject([{ value: 2 }]);
  });

  it("answers what it is told to, and does not count refused spans as delivered (R-A6)", async () => {
    const receiver = await start();
    receiver.respond = () => ({ kind: "status", status: 429, headers: { "retry-after": "1" } });
    const response = await post(receiver, traces("a"));
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(receiver.spans).toEqual([]);
    expect(receiver.requests[0]?.spans).toHaveLength(1);
    expect(receiver.totals).toMatchObject({ requests: 0, spans: 0, refusedRequests: 1 });
  });

  it("says in a partial success how many spans were rejected (R-A6)", async () => {
    const receiver = await start({ respond: () => ({ kind: "partial", rejected: 3, message: "too old" }) });
    const response = await post(receiver, traces("a"));
    const { ExportTraceServiceResponse } = otlpSchema.trace.v1;
    const message = ExportTraceServiceResponse.decode(new Uint8Array(await response.arrayBuffer()));
    expect(ExportTraceServiceResponse.toObject(message, { longs: Number })).toEqual({
      partialSuccess: { rejectedSpans: 3, errorMessage: "too old" },
    });
  });

  it("can stay silent, cut the connection, or drip without an end (R-A6)", async () => {
    const receiver = await start({ respond: () => ({ kind: "reset" }) });
    await expect(post(receiver, traces("a"))).rejects.toThrow("fetch failed");

    receiver.respond = () => ({ kind: "silence" });
    const leave = new AbortController();
    const silent = fetch(`${receiver.url}/v1/traces`, {
      method: "POST",
      body: Buffer.from(traces("b")),
      headers: { "content-type": "application/x-protobuf" },
      signal: leave.signal,
    });
    await receiver.waitFor(() => receiver.requests.length === 2);
    leave.abort(new Error("left"));
    await expect(silent).rejects.toThrow("left");

    receiver.respond = () => ({ kind: "drip", everyMs: 1 });
    const reader = (await post(receiver, traces("c"))).body?.getReader();
    expect((await reader?.read())?.value).toHaveLength(1);
    expect((await reader?.read())?.done).toBe(false);
    await reader?.cancel();
  });

  it("answers 400 to bytes that are not a request, keeps nothing and says why (R-A6)", async () => {
    const receiver = await start();
    expect((await post(receiver, Uint8Array.of(10, 200, 1, 2))).status).toBe(400);
    expect((await post(receiver, traces("a"), { "content-encoding": "gzip" })).status).toBe(400);
    expect((await post(receiver, traces("a"), { "content-type": "text/plain" })).status).toBe(400);
    expect((await fetch(`${receiver.url}/v1/profiles`, { method: "POST" })).status).toBe(404);
    expect(receiver.spans).toEqual([]);
    expect(receiver.totals.malformedRequests).toBe(3);
    expect(receiver.lastError?.message).toContain("Content-Type");
  });

  it("waits for spans by number or predicate, and says what came when they do not (R-A6)", async () => {
    const receiver = await start();
    const two = receiver.waitForSpans(2);
    const named = receiver.waitForSpans((spans) => spans.some((span) => span.name === "c"));
    await post(receiver, traces("a", "b"));
    expect(await two).toHaveLength(2);
    await post(receiver, traces("c"));
    expect(await named).toHaveLength(3);
    await expect(receiver.waitForSpans(4, 10)).rejects.toThrow(
      "Waited 10 ms in vain: 3 spans, 0 points and 0 log records in 2 requests came",
    );
  });

  it("forgets the oldest beyond its bound and counts them, while totals go on (R-A6)", async () => {
    const receiver = await start({ maxKept: 10 });
    for (let i = 0; i < 12; i++) await post(receiver, traces(`s${i}`));
    expect(receiver.spans.map((span) => span.name)).toEqual(Array.from({ length: 10 }, (_, i) => `s${i + 2}`));
    expect(receiver.totals.spans).toBe(12);
    // Two spans and two requests.
    expect(receiver.totals.forgotten).toBe(4);
    receiver.clear();
    expect([receiver.spans, receiver.requests, receiver.totals.spans]).toEqual([[], [], 12]);
  });

  it("closes though a client holds its connection open (R-A6)", async () => {
    const receiver = await start();
    const socket = connect(receiver.port, "127.0.0.1");
    await new Promise((resolve) => socket.once("connect", resolve));
    const closed = new Promise((resolve) => socket.once("close", resolve));
    await receiver.close();
    await closed;
  });
});
