import assert from "node:assert/strict";
import { test } from "node:test";
import { SpanKind } from "@opentelemetry/api";
import { ProtobufMetricsSerializer, ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { countMetrics, countTraces } from "./count-otlp.ts";

const resource = resourceFromAttributes({ "host.name": "a", "service.name": "orders", "process.pid": 1 });

class PulledReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

test("spans, server and client spans and their attributes are counted as the OpenTelemetry serialiser wrote them", () => {
  const exporter = new InMemorySpanExporter();
  const tracer = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer(
    "a",
  );
  for (const kind of [SpanKind.SERVER, SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT]) {
    tracer
      .startSpan("x", { kind, attributes: { one: 1, two: "2", three: [3, 4] } })
      .addEvent("e", { a: 1 })
      .end();
  }
  const bytes = Buffer.from(ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans()) ?? []);
  assert.deepEqual(
    [...countTraces(bytes)],
    [["orders", { spans: 4, serverSpans: 2, clientSpans: 1, serverAttributes: 6, requests: undefined }]],
  );
});

test("requests are counted from every series of the duration histogram, and from no other metric", async () => {
  const reader = new PulledReader();
  const meter = new MeterProvider({ resource, readers: [reader] }).getMeter("a");
  const duration = meter.createHistogram("http.server.request.duration");
  for (const route of ["/a", "/b", "/a"]) duration.record(0.1, { route });
  meter.createHistogram("http.client.request.duration").record(1);
  const { resourceMetrics } = await reader.collect();
  const bytes = Buffer.from(ProtobufMetricsSerializer.serializeRequest(resourceMetrics) ?? []);
  assert.equal(countMetrics(bytes).get("orders")?.requests, 3);
});

test("a message that is cut is an error, not a smaller count", () => {
  assert.throws(() => countTraces(Buffer.from([10, 200, 1, 1])), /past the end/);
});
