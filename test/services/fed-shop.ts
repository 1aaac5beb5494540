import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTelemetry, resetTelemetry, type TelemetryEngine } from "@gossamer/core";
import { telemetry as observed } from "@gossamer/express";
import express from "express";
import { Ledger } from "../../examples/demo/src/ledger.ts";
import { startTraffic, type Traffic } from "../../examples/demo/src/traffic.ts";
import { openShop } from "../../examples/express-shop/src/open-shop.ts";
import { boundaries, type OpenShop } from "../../examples/shop-domain/src/serve-options.ts";

/** The shop of the examples on Express with the demo's visitors, who order, search, fail and leave. */
export interface FedShop {
  readonly telemetry: TelemetryEngine;
  /** Where Prometheus finds its metrics. */
  readonly metrics: string;
  stop(): Promise<void>;
}

const service = "express-shop";

/** @param collector the address that it sends to */
export async function startFedShop(collector: string): Promise<FedShop> {
  const telemetry = createTelemetry({
    serviceName: service,
    boundaries,
    sampleRatio: 0.5,
    processMetrics: true,
    otlp: { endpoint: collector, retry: { attempts: 2, initialMs: 100, maxMs: 200, totalMs: 1_000 } },
    // So small that an outage of seconds fills it.
    queue: { maxSpans: 200 },
    batch: { maxSpans: 50, delayMs: 500 },
    breaker: { failures: 3, openMs: 1_500 },
    metricIntervalMs: 1_000,
    overhead: { lookEveryMs: 5_000, sampleEvery: 8, floor: "full" },
    shutdown: { signals: false },
    diagnostics: "none",
  });
  const shop: OpenShop = await openShop({
    app: () => express().use(observed(telemetry)),
    observer: telemetry,
    logLevel: "silent",
    reportMs: 300,
  });
  const text = createServer(telemetry.prometheus());
  const metrics = await listen(text);
  const log = telemetry.loggerProvider.getLogger("shop");
  const lines = setInterval(() => log.emit({ body: "a line" }), 200);
  const traffic: Traffic = startTraffic(
    { service, port: shop.port, inventories: [service], readsBodiesFirst: false },
    new Ledger(),
    Number.POSITIVE_INFINITY,
  );
  return {
    telemetry,
    metrics,
    async stop() {
      clearInterval(lines);
      traffic.abandon();
      text.closeAllConnections();
      text.close();
      await shop.drain();
      await resetTelemetry();
      await shop.close();
    },
  };
}

async function listen(server: Server): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
