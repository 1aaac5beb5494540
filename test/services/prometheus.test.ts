import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createTelemetry, resetTelemetry } from "@gossamer/core";
import { nodeReader, observeNode } from "@gossamer/core/adapter";
import { metrics } from "@opentelemetry/api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PrometheusServer, startPrometheus } from "./prometheus-server.ts";

// A real Prometheus scrapes a real service. Debian's package brings it: `apt-get install prometheus`.

let prometheus: PrometheusServer;
let service: Server;
const traceIds = new Set<string>();

beforeAll(async () => {
  const telemetry = createTelemetry({
    serviceName: "shop",
    exporter: "none",
    sampleRatio: 1,
    shutdown: { signals: false },
    diagnostics: "none",
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void traceIds.add(span.spanContext().traceId),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  const orders = metrics.getMeter("shop", "1.2.0").createCounter("orders", { unit: "{order}" });
  const text = telemetry.prometheus();
  const observe = observeNode<IncomingMessage, ServerResponse>(telemetry, {
    reader: nodeReader,
    nodeRequest: (request) => request,
    nodeResponse: (response) => response,
  });
  service = createServer((request, response) => {
    if (request.url === "/metrics") return text(request, response);
    observe(request, response, () => {
      orders.add(1, { kind: "new" });
      response.end("ok");
    });
  }).listen(0, "127.0.0.1");
  await once(service, "listening");
  const target = `127.0.0.1:${(service.address() as AddressInfo).port}`;
  for (let i = 0; i < 20; i++) await fetch(`http://${target}/orders`);

  prometheus = await startPrometheus({ shop: target });
});

afterAll(async () => {
  await prometheus?.stop();
  service?.closeAllConnections();
  service?.close();
  await resetTelemetry();
});

test("a real Prometheus takes the OpenMetrics text and finds no fault in it (R-M4, R-M5)", async () => {
  await expect
    .poll(() => ask<{ activeTargets: { health: string; lastError: string }[] }>("targets?state=active"), {
      timeout: 60_000,
      interval: 250,
    })
    .toMatchObject({ activeTargets: [{ health: "up", lastError: "" }] });
});

test("it answers what was counted, of requests and of the service's own, with its scope (R-M3)", async () => {
  const valueOf = async (query: string) =>
    (await ask<{ result: { value: [number, string] }[] }>(`query?query=${encodeURIComponent(query)}`))?.result[0]
      ?.value[1];
  await expect
    .poll(() => valueOf('orders_total{kind="new",otel_scope_name="shop",otel_scope_version="1.2.0"}'), {
      timeout: 60_000,
    })
    .toBe("20");
  // Each for itself: a scrape that a busy machine made too late leaves a gap.
  for (const [query, value] of [
    ["sum(http_server_request_duration_seconds_count)", "20"],
    ['http_server_request_duration_seconds_bucket{le="+Inf"}', "20"],
    ["target_info", "1"],
  ] as const) {
    await expect.poll(() => valueOf(query), { timeout: 60_000 }).toBe(value);
  }
});

test("it answers exemplars, each of a trace that was written (R-M5)", async () => {
  const exemplarsOf = async (query: string) =>
    (
      await ask<{ exemplars: { labels: { trace_id: string }; value: string; timestamp: number }[] }[]>(
        `query_exemplars?query=${encodeURIComponent(query)}&start=${Date.now() / 1000 - 600}&end=${Date.now() / 1000 + 60}`,
      )
    )?.flatMap(({ exemplars }) => exemplars) ?? [];
  for (const query of ["http_server_request_duration_seconds_bucket", "orders_total"]) {
    await expect.poll(async () => (await exemplarsOf(query)).length, { timeout: 60_000 }).toBeGreaterThan(0);
    for (const { labels, timestamp } of await exemplarsOf(query)) {
      expect(traceIds, query).toContain(labels.trace_id);
      expect(Math.abs(timestamp - Date.now() / 1000)).toBeLessThan(600);
    }
  }
});

function ask<Data>(path: string): Promise<Data | undefined> {
  return prometheus.ask<Data>(path);
}
