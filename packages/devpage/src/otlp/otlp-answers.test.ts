import { request as httpRequest } from "node:http";
import { gzipSync } from "node:zlib";
import { ProtobufReader } from "@gossamer/core/adapter";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type OpenOtlpPage, openOtlpPage } from "../index.ts";
import type { PageState, ReceivedView, TraceDetail, TraceSummary } from "../protocol.ts";
import { json } from "../testing/page-client.ts";
import { decoded, encoded } from "../testing/published-otlp.ts";

let page: OpenOtlpPage;
beforeEach(async () => {
  page = await openOtlpPage({ otlpPort: 0, port: 0, log() {} });
});
afterEach(() => page.close());

const state = (): Promise<PageState> => json<PageState>(`${page.url}api/state`);
const received = async (): Promise<ReceivedView | undefined> => (await state()).snapshot.received;
const traces = async (): Promise<TraceSummary[]> =>
  (await json<{ traces: TraceSummary[] }>(`${page.url}api/traces`)).traces;

async function send(
  path: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; bytes: Buffer }> {
  const given = { "content-type": "application/json", ...headers };
  const init = { method: "POST", headers: given, body: body as BodyInit };
  const response = await fetch(page.otlpUrl + path, init);
  return {
    status: response.status,
    headers: response.headers,
    bytes: Buffer.from(await response.arrayBuffer()),
  };
}

const asProtobuf = { "content-type": "application/x-protobuf" };

function spanNo(i: number, more: object = {}): object {
  const id = String(i).padStart(32, "1");
  const times = { startTimeUnixNano: "1700000000000000000", endTimeUnixNano: "1700000000010000000" };
  return { traceId: id, spanId: id.slice(16), name: "work", kind: 1, ...times, ...more };
}

function withSpans(...spans: readonly unknown[]): string {
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

describe("what is no OTLP is answered 400 with a Status that says why, and nothing of it is taken", () => {
  test.each([
    ["a list", "/v1/traces", "[]"],
    ["null", "/v1/traces", "null"],
    ["a number", "/v1/traces", "7"],
    ["JSON that is cut off", "/v1/traces", '{"resourceSpans":'],
    ["resources that are no list", "/v1/traces", '{"resourceSpans":{}}'],
    ["a resource that is no object", "/v1/traces", '{"resourceSpans":["a"]}'],
    ["scopes that are no list", "/v1/traces", '{"resourceSpans":[{"scopeSpans":"a"}]}'],
    ["spans that are no list", "/v1/traces", '{"resourceSpans":[{"scopeSpans":[{"spans":{}}]}]}'],
    [
      "a wrong scope behind a good one",
      "/v1/traces",
      JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [spanNo(1)] }] }, { scopeSpans: 1 }] }),
    ],
    ["a scope of log records that is null", "/v1/logs", '{"resourceLogs":[{"scopeLogs":[null]}]}'],
    ["metrics that are no list", "/v1/metrics", '{"resourceMetrics":[{"scopeMetrics":[{"metrics":1}]}]}'],
  ])("%s (R-D3)", async (_what, path, body) => {
    const { status, headers, bytes } = await send(path, body);
    expect([status, headers.get("content-type")]).toEqual([400, "application/json"]);
    expect(JSON.parse(bytes.toString())).toEqual({ message: expect.stringMatching(/\S+ .*\.$/) });
    expect(await traces()).toEqual([]);
    expect((await received())?.refused.malformed).toBe(1);
  });

  test("protobuf that is cut off anywhere, and gzip that is (R-D3)", async () => {
    const [traceId, spanId] = [16, 8].map((bytes) => Buffer.alloc(bytes, 1).toString("base64"));
    const span = { traceId, spanId, name: "work", kind: 1 };
    const whole = encoded("trace", "ExportTraceServiceRequest", {
      resourceSpans: [{ scopeSpans: [{ spans: [span] }] }],
    });
    for (let length = 1; length < whole.length; length++) {
      const { status, headers, bytes } = await send("/v1/traces", whole.subarray(0, length), asProtobuf);
      expect([status, headers.get("content-type")], `${length} bytes`).toEqual([400, "application/x-protobuf"]);
      const fields = new ProtobufReader(bytes);
      expect([fields.next(), fields.field, fields.text().length > 10]).toEqual([true, 2, true]);
    }
    expect((await send("/v1/traces", Buffer.alloc(20), asProtobuf)).status).toBe(400);
    const packed = gzipSync(whole);
    for (const cut of [packed.subarray(0, 5), packed.subarray(0, packed.length - 3), whole]) {
      const headers = { ...asProtobuf, "content-encoding": "gzip" };
      expect((await send("/v1/traces", cut, headers)).status).toBe(400);
    }
    expect(await traces()).toEqual([]);
    expect((await send("/v1/traces", whole, asProtobuf)).status).toBe(200);
    expect(await traces()).toHaveLength(1);
  });
});

describe("of what is right in part the rest is counted, and its sender told", () => {
  test("spans, as JSON (R-D3)", async () => {
    const wrong = [
      null,
      { ...spanNo(2), traceId: "0".repeat(32) },
      { ...spanNo(3), spanId: "x" },
      { ...spanNo(4), startTimeUnixNano: "yesterday" },
      { ...spanNo(5), attributes: {} },
      { ...spanNo(6), name: {} },
      { ...spanNo(7), kind: "server" },
    ];
    const { status, bytes } = await send("/v1/traces", withSpans(spanNo(1), ...wrong, spanNo(8)));
    expect(status).toBe(200);
    expect(JSON.parse(bytes.toString())).toEqual({
      partialSuccess: {
        rejectedSpans: "7",
        errorMessage: "7 spans passed over, the first as a span must be an object",
      },
    });
    expect((await traces()).map(({ spans }) => spans)).toEqual([1, 1]);
    expect(await received()).toMatchObject({ requests: 1, rejected: { traces: 7, logs: 0, metrics: 0 } });
  });

  test("log records and data points, as protobuf by the published schema (R-D3)", async () => {
    const metrics = [
      { name: "http.server.request.duration", sum: { dataPoints: [{ asDouble: 1 }, { asDouble: 2 }] } },
      { name: "other", gauge: { dataPoints: [{ asDouble: 1 }] } },
      {
        name: "http.server.request.duration",
        histogram: { dataPoints: [{ bucketCounts: [1, 2], explicitBounds: [] }] },
      },
    ];
    const request = encoded("metrics", "ExportMetricsServiceRequest", {
      resourceMetrics: [{ scopeMetrics: [{ metrics }] }],
    });
    const answer = await send("/v1/metrics", request, asProtobuf);
    expect(decoded("metrics", "ExportMetricsServiceResponse", answer.bytes)).toEqual({
      partialSuccess: { rejectedDataPoints: 3, errorMessage: expect.stringContaining("must be a histogram") },
    });
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [1, { attributes: 1 }, {}] }] }] });
    expect(JSON.parse((await send("/v1/logs", body)).bytes.toString())).toEqual({
      partialSuccess: { rejectedLogRecords: "2", errorMessage: expect.stringContaining("2 log records passed over") },
    });
    expect((await received())?.rejected).toEqual({ traces: 0, logs: 2, metrics: 3 });
  });

  const tooMany = "18446744073709551615";
  const counted = { bucketCounts: ["1", "2"], explicitBounds: [1] };
  test.each<[string, "traces" | "logs" | "metrics", object, string]>([
    ["a span with a time that is no number", "traces", { startTimeUnixNano: "NaN" }, "startTimeUnixNano"],
    ["a span that began at infinity", "traces", { startTimeUnixNano: "Infinity" }, "startTimeUnixNano"],
    ["a span that ends when 64 bits do", "traces", { endTimeUnixNano: tooMany }, "endTimeUnixNano"],
    ["a span that ends beyond all clocks", "traces", { endTimeUnixNano: 1e300 }, "endTimeUnixNano"],
    ["a span with an event at no time", "traces", { events: [{ timeUnixNano: -1 }] }, "timeUnixNano of an event"],
    ["a span that lost half an attribute", "traces", { droppedAttributesCount: 0.5 }, "droppedAttributesCount"],
    ["a record from beyond all clocks", "logs", { timeUnixNano: tooMany }, "timeUnixNano"],
    ["a record of no severity", "logs", { severityNumber: -1e300 }, "severityNumber"],
    [
      "bounds that do not increase",
      "metrics",
      { ...counted, bucketCounts: [1, 2, 3], explicitBounds: [5, 1] },
      "explicitBounds must increase",
    ],
    [
      "bounds that are equal",
      "metrics",
      { ...counted, bucketCounts: [1, 2, 3], explicitBounds: [1, 1] },
      "explicitBounds must increase",
    ],
    [
      "a bound that is no number",
      "metrics",
      { ...counted, explicitBounds: ["NaN"] },
      "explicitBounds must be a list of numbers",
    ],
    ["a count of 2^64-1", "metrics", { ...counted, bucketCounts: [1, tooMany] }, "less than 2^53"],
    ["a count of all that is 2^64-1", "metrics", { ...counted, count: tooMany }, "count must be less than 2^53"],
    ["half a request", "metrics", { ...counted, bucketCounts: [1, 0.5] }, "bucketCounts"],
    [
      "counts that are too many together",
      "metrics",
      { ...counted, bucketCounts: [2 ** 53 - 1, 2 ** 53 - 1] },
      "2^53 together",
    ],
    ["a point at infinity", "metrics", { ...counted, timeUnixNano: "Infinity" }, "timeUnixNano"],
  ])("%s is passed over, and what is beside it is taken (R-D3)", async (_what, signal, wrong, reason) => {
    const good = signal === "metrics" ? counted : signal === "traces" ? spanNo(1) : {};
    const items = [{ ...good, ...wrong }, good];
    const histogram = { aggregationTemporality: 1, dataPoints: items };
    const request = {
      traces: { resourceSpans: [{ scopeSpans: [{ spans: items }] }] },
      logs: { resourceLogs: [{ scopeLogs: [{ logRecords: items }] }] },
      metrics: {
        resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "http.server.request.duration", histogram }] }] }],
      },
    }[signal];
    const { status, bytes } = await send(`/v1/${signal}`, JSON.stringify(request));
    expect(status).toBe(200);
    const { partialSuccess } = JSON.parse(bytes.toString()) as { partialSuccess: Record<string, string> };
    expect(Object.values(partialSuccess)).toEqual(["1", expect.stringContaining(reason)]);
    expect((await received())?.rejected[signal]).toBe(1);
  });

  test.each<[string, object, string]>([
    ["a scale that makes all buckets one", { scale: -1_000 }, "scale"],
    ["a scale that is a fraction", { scale: 0.5 }, "scale"],
    ["an offset beyond all numbers", { positive: { offset: 1e300, bucketCounts: [1] } }, "offset"],
    ["zeros of 2^64-1", { zeroCount: tooMany }, "zeroCount"],
  ])("an exponential histogram with %s is passed over (R-D3)", async (_what, point, reason) => {
    const exponentialHistogram = { aggregationTemporality: 1, dataPoints: [point] };
    const metrics = [{ name: "http.server.request.duration", exponentialHistogram }];
    const { bytes } = await send("/v1/metrics", JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] }));
    expect(bytes.toString()).toContain(reason);
    expect((await state()).snapshot.routes).toEqual([]);
  });

  test("as protobuf too: unsorted bounds and a count of 2^64-1 are passed over (R-D3)", async () => {
    const dataPoints = [
      { bucketCounts: [1, 2, 3], explicitBounds: [5, 1] },
      { bucketCounts: [tooMany], explicitBounds: [] },
      { bucketCounts: Array.from({ length: 20_000 }, () => 1), explicitBounds: [] },
    ];
    const metrics = [{ name: "http.server.request.duration", histogram: { dataPoints } }];
    const body = encoded("metrics", "ExportMetricsServiceRequest", {
      resourceMetrics: [{ scopeMetrics: [{ metrics }] }],
    });
    const { bytes } = await send("/v1/metrics", body, asProtobuf);
    expect(decoded("metrics", "ExportMetricsServiceResponse", bytes)).toMatchObject({
      partialSuccess: { rejectedDataPoints: 3 },
    });
  });

  test("numbers that none of JavaScript's can be are shown as they were sent (R-D3)", async () => {
    const attributes = [
      { key: "large", value: { intValue: "9223372036854775807" } },
      { key: "none", value: { doubleValue: "NaN" } },
      { key: "few", value: { intValue: "7" } },
    ];
    await send("/v1/traces", withSpans(spanNo(1, { attributes })));
    const [trace] = await traces();
    const { spans } = await json<TraceDetail>(`${page.url}api/traces/${trace?.traceId}`);
    expect(spans[0]?.attributes).toEqual({ large: "9223372036854775807", none: "NaN", few: 7 });
  });

  test("what is sent to the wrong address loses nothing by it, but its sender is told (R-D3)", async () => {
    const { status, bytes } = await send("/v1/logs", withSpans(spanNo(1)));
    expect(status).toBe(200);
    expect(JSON.parse(bytes.toString())).toEqual({
      partialSuccess: { rejectedLogRecords: "0", errorMessage: expect.stringContaining("resourceLogs") },
    });
    expect((await send("/v1/logs", "{}")).bytes.toString()).toBe("{}");
    expect((await send("/v1/logs", "", asProtobuf)).bytes).toHaveLength(0);
  });
});

test("exponential histograms are shown like any other, as JSON and as protobuf, added up or not (R-D3)", async () => {
  // Of scale 3: 8 buckets a doubling. 90 requests of about 23 ms, 10 of about 430 ms, one of no time.
  const point = {
    attributes: [
      { key: "http.request.method", value: { stringValue: "GET" } },
      { key: "http.route", value: { stringValue: "/things" } },
      { key: "http.response.status_code", value: { intValue: 200 } },
    ],
    count: 101,
    scale: 3,
    zeroCount: 1,
    positive: { offset: -44, bucketCounts: [90, ...Array.from({ length: 33 }, () => 0), 10] },
  };
  const request = (service: string, aggregationTemporality: number): object => {
    const resource = { attributes: [{ key: "service.name", value: { stringValue: service } }] };
    const exponentialHistogram = { aggregationTemporality, dataPoints: [point] };
    const metrics = [{ name: "http.server.request.duration", unit: "s", exponentialHistogram }];
    return { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] };
  };
  for (let i = 0; i < 2; i++) {
    expect((await send("/v1/metrics", JSON.stringify(request("added", 2)))).bytes.toString()).toBe("{}");
    const body = encoded("metrics", "ExportMetricsServiceRequest", request("changes", 1));
    expect((await send("/v1/metrics", body, asProtobuf)).bytes).toHaveLength(0);
  }
  await expect
    .poll(async () =>
      (await state()).snapshot.routes.map(({ service, route, total }) => [service, route, total.count]).toSorted(),
    )
    .toEqual([
      ["added", "/things", 101],
      ["changes", "/things", 202],
    ]);
  for (const { total } of (await state()).snapshot.routes) {
    expect(total.p50Ms).toBeGreaterThan(10);
    expect(total.p50Ms).toBeLessThanOrEqual(25);
    expect(total.p95Ms).toBeGreaterThan(250);
    expect(total.p95Ms).toBeLessThanOrEqual(500);
  }
});

/** Begins a request whose body does not end. */
function begin(bytes: Buffer): { status: Promise<[number | undefined, string | undefined]>; end: () => void } {
  const headers = { "content-type": "application/json", "transfer-encoding": "chunked" };
  const request = httpRequest(`${page.otlpUrl}/v1/traces`, { method: "POST", headers, agent: false });
  const status = new Promise<[number | undefined, string | undefined]>((resolve) => {
    request.once("response", (response) => {
      response.resume();
      resolve([response.statusCode, response.headers["retry-after"]]);
    });
    request.once("error", () => resolve([undefined, undefined]));
  });
  request.write(bytes);
  return { status, end: () => request.destroy() };
}

test("as much as may be read at once is read; who comes then is told to come again, and counted (R-D3)", async () => {
  const large = Buffer.alloc(15 * 1024 * 1024, " ");
  const reading = [begin(large), begin(large)];
  await expect.poll(async () => (await received())?.reading.bytes).toBe(2 * large.length);
  expect(await begin(large).status).toEqual([503, "1"]);
  expect((await received())?.refused.busy).toBe(1);
  // There is room for small ones.
  expect((await send("/v1/traces", withSpans(spanNo(1)))).status).toBe(200);
  for (const { end } of reading) end();
  await expect.poll(async () => (await received())?.reading.bytes).toBe(0);
  const idle = Array.from({ length: 16 }, () => begin(Buffer.from(" ")));
  await expect.poll(async () => (await received())?.reading.bytes).toBe(16);
  const { status, headers } = await send("/v1/traces", "{}");
  expect([status, headers.get("retry-after")]).toEqual([503, "1"]);
  for (const { end } of idle) end();
  await expect.poll(async () => (await received())?.reading.bytes).toBe(0);
  expect((await send("/v1/traces", "{}")).status).toBe(200);
});

test("a body that would take too much as objects is refused, however short it is, and so is one that is too long (R-D3)", async () => {
  const many = `{"resourceSpans":[${"{},".repeat(1_100_000)}{}]}`;
  expect((await send("/v1/traces", many)).status).toBe(413);
  const pairs = Buffer.alloc(2_200_000);
  for (let at = 0; at < pairs.length; at += 2) pairs[at] = 0x0a;
  expect((await send("/v1/traces", pairs, asProtobuf)).status).toBe(413);
  const { status, bytes } = await send("/v1/traces", Buffer.alloc(17 * 1024 * 1024, " "));
  expect([status, bytes.toString()]).toEqual([413, expect.stringContaining("send less at once")]);
  expect((await received())?.refused["too-large"]).toBe(3);
});
