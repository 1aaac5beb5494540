import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeMetricsRequest, readLogsRequest, readMetricsRequest, readTraceRequest } from "@gossamer/testing";
import { expect, test } from "vitest";
import { serve } from "../faults/world.ts";
import { buildMs, type Collector, startCollector } from "./collector/collector.ts";
import { type Tap, tapGrpc, tapHttp } from "./collector/tap.ts";

// A real collector takes what we send, and writes what it understood to files, as messages of the protocol.

const script = join(import.meta.dirname, "collector/chain-service.mjs");
const signals = {
  traces: {
    path: "/v1/traces",
    call: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    read: readTraceRequest,
  },
  metrics: {
    path: "/v1/metrics",
    call: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    read: readMetricsRequest,
  },
  logs: { path: "/v1/logs", call: "/opentelemetry.proto.collector.logs.v1.LogsService/Export", read: readLogsRequest },
} as const;
const names = ["traces", "metrics", "logs"] as const;

/** A file for each signal, a message for each request. */
async function startWriter(): Promise<Collector> {
  const folder = "${env:STORAGE_DIRECTORY}";
  return startCollector({
    changes: {
      exporters: Object.fromEntries(
        names.map((name) => [
          `file/${name}`,
          { path: `${folder}/${name}`, format: "proto", create_directory: true, flush_interval: "50ms" },
        ]),
      ),
      service: {
        extensions: ["health_check"],
        pipelines: Object.fromEntries(
          names.map((name) => [name, { receivers: ["otlp"], exporters: [`file/${name}`] }]),
        ),
      },
    },
  });
}

/** The messages of a file: four bytes of length before each. */
function messagesOf(path: string): Buffer[] {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const messages: Buffer[] = [];
  for (let at = 0; at + 4 <= bytes.length;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    // The last one is still being written.
    if (end > bytes.length) break;
    messages.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return messages;
}

/** Each message as text, in an order of its own: several are on their way at once. Where a span has no status, a collector writes an empty one. */
function contents(messages: readonly Buffer[], read: (bytes: Buffer) => unknown): string[] {
  const texts = messages.map((bytes) =>
    JSON.stringify(read(bytes), (key, value: unknown) =>
      key === "status" ? (value ?? { message: "", code: 0 }) : value,
    ),
  );
  return texts.toSorted();
}

const ways: readonly (readonly ["http/protobuf" | "grpc", "none" | "gzip"])[] = [
  ["http/protobuf", "none"],
  ["http/protobuf", "gzip"],
  ["grpc", "none"],
  ["grpc", "gzip"],
];

test.each(ways)(
  "a real collector understands of traces, metrics and log records what was sent, field by field: by %s, compression %s (R-D1)",
  { timeout: buildMs + 60_000 },
  async (protocol, compression) => {
    const collector = await startWriter();
    const tap: Tap = protocol === "grpc" ? await tapGrpc(collector.grpc) : await tapHttp(collector.http);
    const otlp = { protocol, compression };
    const shop = await serve(tap.url, {
      script,
      otlp,
      options: {
        serviceName: "shop",
        metrics: true,
        processMetrics: true,
        resourceAttributes: { "app.tags": ["a", "b"] },
      },
    });
    expect((await shop.load(50, "/ok")).errors).toBe(0);
    expect((await shop.load(3, "/fail")).answers).toBe(0);
    expect(await shop.flush(30_000)).toBe(true);

    for (const name of names) {
      const { path, call, read } = signals[name];
      const sent = tap.tapped.get(protocol === "grpc" ? call : path) ?? [];
      const file = join(collector.folder, "storage", name);
      await expect.poll(() => messagesOf(file).length).toBe(sent.length);
      expect(sent.length).toBeGreaterThan(0);
      expect(contents(messagesOf(file), read)).toEqual(contents(sent, read));
    }
    expect(tap.compressed > 0).toBe(compression === "gzip");
    const points = messagesOf(join(collector.folder, "storage/metrics")).flatMap((bytes) =>
      decodeMetricsRequest(bytes),
    );
    const orders = points.filter(({ name }) => name === "chain.orders");
    expect(orders.map(({ value }) => value).toSorted()).toEqual([3, 50]);
  },
);
