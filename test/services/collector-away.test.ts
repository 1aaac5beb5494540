import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { TelemetryOptions } from "@gossamer/core";
import type { ReceivedSpan } from "@gossamer/testing";
import { expect, test } from "vitest";
import { freePort } from "../../packages/core/src/testing/free-port.ts";
import type { FaultService } from "../faults/fault-service.ts";
import { type GrpcCollector, startGrpcCollector } from "../faults/grpc-collector.ts";
import { atEnd, serve } from "../faults/world.ts";
import { slowness } from "../setup/slowness.ts";
import { buildMs, type Collector, startCollector } from "./collector/collector.ts";

// What is lost while a real gateway is away, and what when it is killed. `GOSSAMER_AWAY_SECONDS=60` leaves it away for a minute.

const script = join(import.meta.dirname, "collector/chain-service.mjs");
const awaySeconds = Number(process.env["GOSSAMER_AWAY_SECONDS"] ?? 8);
const testMs = buildMs + 120_000 + awaySeconds * 3_000;
const decisionWaitMs = 4_000;

async function startBackend(port = 0): Promise<GrpcCollector> {
  const backend = await startGrpcCollector(port);
  atEnd(() => backend.stop());
  return backend;
}

/** Its batches leave at once, so that the test need not wait. */
async function startGateway(backend: GrpcCollector, profile: "head" | "tail"): Promise<Collector> {
  return startCollector({
    files: profile === "head" ? ["gateway.yaml", "head.yaml"] : ["gateway.yaml"],
    env: { BACKEND_ENDPOINT: `127.0.0.1:${backend.port}` },
    changes: {
      processors: { tail_sampling: { decision_wait: `${decisionWaitMs}ms` } },
      exporters: { otlp_grpc: { sending_queue: { batch: { flush_timeout: "200ms" } } } },
    },
  });
}

/** A service that spools what its collector does not take. */
async function startService(collector: Collector, options: TelemetryOptions = {}): Promise<FaultService> {
  return serve(collector.http, {
    script,
    options: {
      serviceName: "shop",
      fallback: "file",
      spool: { directory: join(collector.folder, "spool") },
      breaker: { failures: 1, openMs: 500, goodTrials: 1 },
      ...options,
    },
  });
}

/** Requests without a pause in them; answers how many there were. */
async function loadFor(service: FaultService, ms: number): Promise<number> {
  const untilMs = performance.now() + ms;
  let requests = 0;
  for (; performance.now() < untilMs; requests += 20) {
    expect((await service.load(20, "/ok")).errors).toBe(0);
    await delay(100);
  }
  return requests;
}

function distinct(spans: readonly ReceivedSpan[]): number {
  return new Set(spans.map(({ spanId }) => spanId)).size;
}

test(
  "a service whose gateway is away loses nothing: what is not taken is spooled and sent when it is back (R-D1, R-P8)",
  { timeout: testMs },
  async () => {
    const backend = await startBackend();
    const gateway = await startGateway(backend, "head");
    const shop = await startService(gateway);
    let requests = await loadFor(shop, 1_000);
    await gateway.stop("SIGTERM");
    requests += await loadFor(shop, awaySeconds * 1_000);
    expect((await shop.traces()).spooled).toBeGreaterThan(0);
    await gateway.start();
    requests += await loadFor(shop, 1_000);
    await expect.poll(() => distinct(backend.spans), { timeout: 60_000 }).toBe(requests);
    expect(await shop.traces()).toMatchObject({ dropped: 0 });
  },
);

test(
  "an agent one of whose two gateways is away loses nothing and sends nothing twice: it holds that one's traces (R-D1)",
  { timeout: testMs },
  async () => {
    const backend = await startBackend();
    const gateways = [await startGateway(backend, "head"), await startGateway(backend, "head")] as const;
    const hostnames = gateways.map(({ grpc }) => grpc);
    const agent = await startCollector({
      files: ["agent.yaml"],
      changes: {
        processors: { resource_detection: { detectors: ["env", "system"] } },
        exporters: { load_balancing: { resolver: { dns: null, static: { hostnames } } } },
      },
    });
    const shop = await startService(agent);
    let requests = await loadFor(shop, 1_000);
    await gateways[0].stop("SIGTERM");
    requests += await loadFor(shop, awaySeconds * 1_000);
    await gateways[0].start();
    requests += await loadFor(shop, 1_000);
    await expect.poll(() => distinct(backend.spans), { timeout: 60_000 }).toBe(requests);
    expect(backend.spans).toHaveLength(requests);
    expect(await shop.traces()).toMatchObject({ dropped: 0, spooled: 0 });
  },
);

test(
  "a gateway that is ended decides on what it has, and what it kept and could not send is sent when it is back (R-D1)",
  { timeout: testMs },
  async () => {
    const backend = await startBackend();
    const gateway = await startGateway(backend, "tail");
    const shop = await startService(gateway);
    await shop.load(50, "/fail");
    expect(await shop.flush(30_000)).toBe(true);
    await gateway.stop("SIGTERM");
    await gateway.start();
    await expect.poll(() => distinct(backend.spans), { timeout: 60_000 }).toBe(50);
  },
);

test(
  "a gateway that is killed while its backend is away keeps what it had decided: it lies on disk (R-D1)",
  { timeout: testMs },
  async () => {
    const away = await startBackend(await freePort());
    const gateway = await startGateway(away, "head");
    await away.stop();
    const shop = await startService(gateway);
    expect((await shop.load(300, "/ok")).errors).toBe(0);
    expect(await shop.flush(30_000)).toBe(true);
    expect(await gateway.own("otelcol_exporter_queue_size")).toBeGreaterThan(0);
    await gateway.stop("SIGKILL");
    await gateway.start();
    const back = await startBackend(away.port);
    await expect.poll(() => distinct(back.spans), { timeout: 60_000 }).toBe(300);
  },
);

test(
  "kill -9 of a gateway loses what came within its decision_wait, and nothing that came before (R-D1)",
  { timeout: testMs },
  async () => {
    const backend = await startBackend();
    const gateway = await startGateway(backend, "tail");
    const shop = await startService(gateway);
    const sentAtMs: number[] = [];
    const failFor = async (ms: number): Promise<void> => {
      for (const untilMs = performance.now() + ms; performance.now() < untilMs; await delay(20)) {
        await shop.load(1, `/fail?n=${sentAtMs.length}`);
        sentAtMs.push(performance.now());
      }
    };
    await failFor(2 * decisionWaitMs);
    await gateway.stop("SIGKILL");
    const killedMs = performance.now();
    const starting = gateway.start();
    await failFor(1_000);
    await starting;
    await failFor(1_000);

    const arrived = (): Set<number> =>
      new Set(backend.spans.map(({ attributes }) => Number(String(attributes["url.query"]).slice("n=".length))));
    /** How long before the end those came that did not arrive. */
    const lostMs = (): number[] => {
      const there = arrived();
      return sentAtMs.flatMap((atMs, n) => (there.has(n) ? [] : [killedMs - atMs]));
    };
    await expect.poll(() => Math.min(...lostMs()), { timeout: 60_000 }).toBeGreaterThan(-500);
    expect(lostMs().length).toBeGreaterThan(0);
    // It looks once a second for what is due, and a request takes its time to get there.
    expect(Math.max(...lostMs())).toBeLessThan(decisionWaitMs + 1_000 + 500 * slowness());
  },
);
