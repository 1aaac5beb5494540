import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createTelemetry, resetTelemetry } from "@gossamer/core";
import { nodeReader, observeNode } from "@gossamer/core/adapter";
import { type OtlpReceiver, startOtlpReceiver } from "@gossamer/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { metricCatalogue, metricsPage } from "../scripts/metric-catalogue.ts";

const root = join(import.meta.dirname, "..");
let receiver: OtlpReceiver | undefined;

afterEach(async () => {
  await resetTelemetry();
  await receiver?.close();
});

/** Told where something happens that does not happen here, each with where its test is. */
const elsewhere: Readonly<Record<string, string>> = {
  "gossamer.overhead.request.duration": "16 measured requests: governor.process.test.ts",
  "gossamer.overhead.proven.cpu": "hours of windows: trial.test.ts",
  "gossamer.optimizer.changes": "a queue that fills for minutes: optimizer.test.ts",
  "gossamer.optimizer.gain": "a change that was judged: optimizer.test.ts",
  "gossamer.cluster.workers": "the primary of a cluster: worker-metrics.test.ts",
};

interface Told {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly keys: readonly string[];
}

/** What an engine tells of itself with everything switched on, after requests of every kind. */
async function tellEverything(): Promise<readonly Told[]> {
  let batches = 0;
  // The first batch of spans is refused; log records may leave before it.
  const collector = await startOtlpReceiver({
    respond: ({ path }) => (path === "/v1/traces" && batches++ === 0 ? { kind: "status", status: 400 } : undefined),
  });
  receiver = collector;
  const telemetry = createTelemetry({
    serviceName: "everything",
    otlp: { endpoint: collector.url },
    sampleRatio: 1,
    rules: [{ match: "/fails", ratio: 0 }],
    processMetrics: { loopDelayResolutionMs: 10 },
    bodySizes: true,
    statusAttribute: "both",
    overhead: { optimize: { batching: true }, trial: true, floor: "off" },
    fallback: "ring",
    shutdown: { signals: false },
    diagnostics: "none",
  });
  telemetry.loggerProvider.getLogger("shop").emit({ body: "a line" });
  const observe = observeNode<IncomingMessage, ServerResponse>(telemetry, {
    reader: { ...nodeReader, route: (incoming: IncomingMessage) => telemetry.routes.get(incoming.url ?? "") },
    nodeRequest: (incoming) => incoming,
    nodeResponse: (response) => response,
  });
  const server = createServer((incoming, response) =>
    observe(incoming, response, () => {
      if (incoming.url === "/stays") return void response.write("some");
      response.statusCode = incoming.url === "/fails" ? 500 : 200;
      response.setHeader("content-type", incoming.url === "/stream" ? "text/event-stream" : "text/plain");
      if (incoming.url === "/stream") response.flushHeaders();
      incoming.resume().once("end", () => response.end("ok"));
    }),
  );
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const path of ["/", "/fails", "/stream"]) await (await fetch(base + path, { method: "POST", body: "x" })).text();
  await new Promise<void>((gone) => {
    const leaving = request(`${base}/stays`, (response) => response.once("data", () => leaving.destroy()));
    leaving.on("error", () => {}).once("close", gone);
    leaving.end();
  });
  telemetry.governor.set("children");
  await telemetry.flush();
  const producer = telemetry.metricProducer();
  const told = async (): Promise<Told[]> => {
    const { resourceMetrics } = await producer.collect();
    return resourceMetrics.scopeMetrics
      .filter(({ scope }) => scope.name === "@gossamer/core")
      .flatMap(({ metrics }) => metrics)
      .map(({ descriptor: { name, unit, description }, dataPoints }) => ({
        name,
        unit,
        description,
        keys: [...new Set(dataPoints.flatMap(({ attributes }) => Object.keys(attributes)))],
      }));
  };
  let all: readonly Told[] = [];
  await vi.waitFor(async () => {
    // Garbage, so that some is collected.
    Array.from({ length: 500_000 }, (_, i) => ({ i }));
    all = await told();
    expect(all.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        "gossamer.http.server.aborted_requests",
        "process.unix.file_descriptor.count",
        "nodejs.eventloop.delay.p99",
        "v8js.gc.duration",
      ]),
    );
  }, 180_000);
  server.closeAllConnections();
  server.close();
  return all;
}

describe("the catalogue of metrics", () => {
  it("is the reference page; `pnpm generate` writes it (R-D2, R-D6)", () => {
    expect(readFileSync(join(root, "docs/metrics-reference.md"), "utf8")).toBe(metricsPage());
  });

  it("gives each metric names of its own in the Prometheus text (R-D2)", () => {
    const series = metricCatalogue.flatMap((metric) => metric.series);
    expect(new Set(series).size).toBe(series.length);
  });

  it("has every metric that an engine tells of itself, with its unit, its words and its attributes (R-D2)", async () => {
    const told = await tellEverything();
    for (const { name, unit, description, keys } of told) {
      const known = metricCatalogue.find((metric) => metric.name === name);
      expect(known, name).toMatchObject({ unit, description });
      expect(
        keys.filter((key) => !known?.attributes.includes(key)),
        `attributes of ${name} that the catalogue does not name`,
      ).toEqual([]);
    }
    const untold = metricCatalogue
      .map(({ name }) => name)
      .filter((name) => !told.some((metric) => metric.name === name));
    expect(untold.filter((name) => elsewhere[name] === undefined)).toEqual([]);
  }, 180_000);
});
