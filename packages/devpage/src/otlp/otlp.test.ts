import { gzipSync } from "node:zlib";
import { resetTelemetry } from "@gossamer/core";
import { createLogger } from "@gossamer/pino";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type OpenOtlpPage, openOtlpPage } from "../index.ts";
import type { LogPage, PageState, TraceDetail, TraceSummary } from "../protocol.ts";
import { ask, json, post } from "../testing/page-client.ts";
import { startShop } from "../testing/shop.ts";
import { OtlpSource } from "./otlp-source.ts";
import { done } from "../testing/done.ts";
import { type OtlpSignal, readOtlpProtobuf } from "./otlp-protobuf.ts";
import { RefusedRequest } from "./refused-request.ts";
import { PageData } from "../data/page-data.ts";

let page: OpenOtlpPage;
beforeEach(async () => {
  page = await openOtlpPage({ otlpPort: 0, port: 0, log() {} });
});
afterEach(async () => {
  await page.close();
  await resetTelemetry();
});

const state = (): Promise<PageState> => json<PageState>(`${page.url}api/state`);

function send(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return ask(page.otlpUrl + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

function spans(service: string, ...list: readonly object[]): object {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: service } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "test" }, spans: list }] }] };
}

test("what a service exports is shown: requests, whole traces, lines and the exact figures of routes (R-D3)", async () => {
  const shop = await startShop({ exporter: "otlp", otlp: { endpoint: page.otlpUrl } });
  const logger = createLogger(shop.engine, { destination: { write() {} }, otlp: true });
  try {
    for (const path of ["/items/1", "/items/2", "/fails"]) await ask(shop.url + path);
    shop.engine.span("job", () => logger.warn({ step: 7 }, "in the job"));
    await shop.engine.flush();
    await expect
      .poll(async () => (await state()).snapshot.routes.map(({ route, total }) => [route, total.count]).toSorted())
      .toEqual([
        ["/fails", 1],
        ["/items/:id", 2],
      ]);
    const { requests, snapshot, source, otlpUrl, token } = await state();
    expect([source, otlpUrl, token]).toEqual(["otlp", page.otlpUrl, undefined]);
    expect(snapshot.services).toEqual(["shop"]);
    // Failures have a lane of their own, and come first.
    expect(requests.toSorted((a, b) => a.at - b.at)).toMatchObject([
      {
        service: "shop",
        method: "GET",
        route: "/items/:id",
        path: "/items/1",
        statusCode: 200,
        fate: "sampled",
        reason: "ratio",
      },
      { path: "/items/2" },
      { route: "/fails", statusCode: 500, errorType: "500" },
    ]);
    const { traces } = await json<{ traces: TraceSummary[] }>(`${page.url}api/traces`);
    const item = traces.find(({ route }) => route === "/items/:id");
    const detail = await json<TraceDetail>(`${page.url}api/traces/${item?.traceId}`);
    expect(detail.spans.map(({ name, depth, kind }) => [name, depth, kind])).toEqual([
      ["GET /items/:id", 0, "server"],
      ["find", 1, "internal"],
    ]);
    const { lines } = await json<LogPage>(`${page.url}api/logs?text=job`);
    expect(lines).toMatchObject([
      { service: "shop", level: "warn", logger: "pino", message: "in the job", attributes: { step: 7 } },
    ]);
  } finally {
    await shop.close();
  }
});

test("a trace that goes through several services is one, whichever of them sends first, as JSON or compressed (R-D3)", async () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const server = (spanId: string, parentSpanId: string, from: number, to: number): object => ({
    traceId,
    spanId,
    parentSpanId,
    name: "GET /x",
    kind: 2,
    startTimeUnixNano: `${1_700_000_000_000 + from}000000`,
    endTimeUnixNano: `${1_700_000_000_000 + to}000000`,
    attributes: [
      { key: "http.request.method", value: { stringValue: "GET" } },
      { key: "http.response.status_code", value: { intValue: "200" } },
    ],
  });
  expect((await send("/v1/traces", spans("stock", server("b".repeat(16), "a".repeat(16), 10, 20)))).text).toBe("{}");
  const zipped = gzipSync(JSON.stringify(spans("shop", server("a".repeat(16), "", 0, 30))));
  const { status } = await fetch(`${page.otlpUrl}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
    body: zipped,
  });
  expect(status).toBe(200);
  const trace = await json<TraceDetail>(`${page.url}api/traces/${traceId}`);
  expect(trace.spans.map(({ service, depth, selfMs }) => [service, depth, selfMs])).toEqual([
    ["shop", 0, 20],
    ["stock", 1, 10],
  ]);
  expect(trace.summary).toMatchObject({ services: ["shop", "stock"], durationMs: 30, hasRoot: true });
  await expect
    .poll(async () => (await state()).snapshot.routes.map(({ service, total }) => [service, total.count]).toSorted())
    .toEqual([
      ["shop", 1],
      ["stock", 1],
    ]);
});

test("what is no OTLP, too large, from elsewhere or from a page of another site is refused (R-D3)", async () => {
  expect((await send("/v1/traces", "{")).status).toBe(400);
  expect((await send("/v1/traces", "\x0a\xff", { "content-type": "application/x-protobuf" })).status).toBe(400);
  expect((await send("/v1/traces", "{}", { "content-type": "text/plain" })).status).toBe(415);
  expect((await send("/v1/traces", "{}", { "content-encoding": "br" })).status).toBe(415);
  expect((await send("/v1/nothing", "{}")).status).toBe(404);
  expect((await ask(`${page.otlpUrl}/v1/traces`)).status).toBe(405);
  expect((await send("/v1/traces", "{}", { host: "evil.example" })).status).toBe(403);
  expect((await send("/v1/traces", "{}", { "x-forwarded-for": "10.0.0.1" })).status).toBe(403);
  const bomb = await fetch(`${page.otlpUrl}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
    body: gzipSync(Buffer.alloc(70 * 1024 * 1024)),
  });
  expect(bomb.status).toBe(413);
  expect((await state()).requests).toEqual([]);
});

test("nothing of what others send can be changed from the page, and there is no engine to ask (R-D3)", async () => {
  expect((await post(page.url, "api/sampling", { sampleRatio: 1 })).status).toBe(403);
  for (const path of ["api/check", "api/explain?method=GET"]) expect((await ask(page.url + path)).status).toBe(404);
  expect((await state()).snapshot.pipeline).toBeUndefined();
});

test("whatever is sent throws nothing but its refusal, and stays within its bounds (R-D3)", () => {
  const source = new OtlpSource();
  const data = new PageData({ source, now: () => 0 });
  data.touch();
  try {
    const signal = fc.constantFrom("traces" as const, "logs" as const, "metrics" as const);
    const names = fc.constantFrom(
      "resourceSpans",
      "scopeSpans",
      "spans",
      "attributes",
      "resource",
      "key",
      "value",
      "stringValue",
      "dataPoints",
      "histogram",
      "bucketCounts",
      "resourceMetrics",
      "scopeMetrics",
      "metrics",
      "resourceLogs",
      "scopeLogs",
      "logRecords",
      "body",
      "kvlistValue",
      "values",
    );
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.anything(),
        fc.array(tie("node"), { maxLength: 3 }),
        fc.dictionary(names, tie("node"), { maxKeys: 3 }),
      ),
    })).node;
    const take = (kind: OtlpSignal, read: () => unknown): void => {
      try {
        done(source.take(kind, read()));
      } catch (error) {
        expect(error instanceof RangeError || error instanceof RefusedRequest).toBe(true);
      }
    };
    fc.assert(fc.property(signal, tree, (kind, request) => take(kind, () => request)));
    fc.assert(
      fc.property(signal, fc.uint8Array({ maxLength: 200 }), (kind, bytes) =>
        take(kind, () => done(readOtlpProtobuf(kind, bytes))),
      ),
    );
    for (let i = 0; i < 6_000; i++) {
      const request = spans(`service ${i}`, {
        traceId: String(i).padStart(32, "1"),
        spanId: String(i).padStart(16, "1"),
        kind: 2,
        attributes: [{ key: "http.request.method", value: { stringValue: "GET" } }],
      });
      done(source.take("traces", request));
    }
    data.look();
    const { rings, routes, services } = data.snapshot();
    expect([rings.traces.count, rings.requests.count]).toEqual([500, 2_000]);
    expect(routes.length).toBeLessThanOrEqual(500);
    expect(services.length).toBeLessThanOrEqual(5_000);
  } finally {
    data.close();
  }
});

test.each([
  ["0.0.0.0", "127.0.0.1", 200],
  ["::", "[::1]", 200],
  ["::ffff:127.0.0.1", "127.0.0.1", 403],
])(
  "what listens at %s says where to send to on this machine, and takes from others as far as it is asked to (R-D3)",
  async (host, named, foreign) => {
    const lines: string[] = [];
    const other = await openOtlpPage({ otlpPort: 0, port: 0, host, log: (line) => void lines.push(line) });
    try {
      expect(new URL(other.otlpUrl).hostname).toBe(named);
      const isShared = foreign === 200;
      const more = isShared ? ", or to that port by a name that this machine has elsewhere," : "";
      expect(lines).toEqual([`gossamer: see what is sent to ${other.otlpUrl}${more} at ${other.url}`]);
      const body = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };
      expect((await ask(`${other.otlpUrl}/v1/logs`, body)).status).toBe(200);
      const headers = { ...body.headers, host: "devbox.example" };
      expect((await ask(`${other.otlpUrl}/v1/logs`, { ...body, headers })).status).toBe(foreign);
      expect((await ask(`${other.url}api/state`, { headers: { host: "devbox.example" } })).status).toBe(403);
    } finally {
      await other.close();
    }
  },
);

test("wrong options are errors, and a port that is taken is one too: others have it in their settings (R-D3)", async () => {
  await expect(openOtlpPage({ otlpPort: 70_000 })).rejects.toMatchObject({ option: "openOtlpPage.otlpPort" });
  const { port } = new URL(page.otlpUrl);
  await expect(openOtlpPage({ otlpPort: Number(port), port: 0, log() {} })).rejects.toMatchObject({
    code: "EADDRINUSE",
    message: `port ${port} is in use: stop what listens there, perhaps a collector, or choose another: --otlp 4319, or otlpPort`,
  });
});
