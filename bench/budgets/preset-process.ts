import type { TelemetryEngine, TelemetryOptions } from "@gossamer/core";
import { createOrdersService } from "../contestants/orders-service.ts";
import { drive, type InProcessRequest } from "../harness/in-process-client.ts";
import { CountedLines } from "../micro/subjects/ended-request.ts";
import { heldBytesOf } from "../micro/subjects/held-bytes.ts";
import { makeSpans } from "../micro/subjects/orders-span.ts";
import type { BudgetRow } from "./budget-table.ts";
import type { Moment, PresetMeasures, PresetMessage } from "./preset-measures.ts";
import { optionsOf, sampledOptionsOf } from "./preset-options.ts";

/** The process of one row of budgets: one kind of cost after the other, each in some slices. Its standard output goes nowhere. */
const [, , row = "no preset", endpoint = ""] = process.argv;

const slices = 5;
const requestsASlice = 600;
const warmUpRequests = 5000;
const piecesASlice = 2000;
const warmUpPieces = 12_000;
const flushMs = 20_000;
const trafficASecond = 100;
const simulatedSeconds = 60;
const queuedSpans = 4000;

const headers = ["Host", "orders.example:8080", "User-Agent", "Mozilla/5.0 (X11; Linux x86_64)", "Accept", "*/*"];
const requests: readonly InProcessRequest[] = Array.from({ length: 1000 }, (_, i) => ({
  method: "GET",
  target: `/orders/${1000 + i}`,
  headers,
}));

const common: TelemetryOptions = { environment: "production", shutdown: { signals: false }, diagnostics: "none" };

/** Tells the parent, and goes on when it has looked. */
function say(at: Moment): Promise<void> {
  return new Promise((resolve) => {
    process.once("message", () => resolve());
    process.send?.({ at } satisfies PresetMessage);
  });
}

async function cpuMicros(times: number, work: () => Promise<void> | void): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}

/** After a warm-up, CPU of a piece of work in each slice. */
async function inSlices(work: (times: number) => Promise<void> | void): Promise<number[]> {
  await work(warmUpPieces);
  const all: number[] = [];
  for (let i = 0; i < slices; i++) all.push(await cpuMicros(piecesASlice, () => work(piecesASlice)));
  return all;
}

const piecesInSlices = warmUpPieces + slices * piecesASlice;

async function settledRss(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return process.memoryUsage().rss;
}

async function flush(engine: TelemetryEngine): Promise<void> {
  if (!(await engine.flush(flushMs))) throw new Error("flush did not deliver within its deadline");
}

async function measure(): Promise<PresetMeasures> {
  const bare = createOrdersService();
  // Before any request: a heap that requests have made grow has room for an engine, which would then seem to take none.
  const rssBefore = await settledRss();

  const core = await import("@gossamer/core");
  const { telemetry } = await import("@gossamer/express");
  const start = (options: TelemetryOptions): TelemetryEngine =>
    core.createTelemetry({ ...common, ...options, otlp: { endpoint, ...options.otlp } });
  const engine = start(optionsOf(row as BudgetRow));
  const observed = createOrdersService((app) => app.use(telemetry(engine)));
  const baseBytes = (await settledRss()) - rssBefore;
  await drive(bare, requests, warmUpRequests);

  const settings = engine.status().settings;
  const delayMs = Number(settings["batch.delayMs"]?.value);
  await say("network begins");
  const perDelay = Math.max(1, Math.round((trafficASecond * delayMs) / 1000));
  const simulated = Math.round((simulatedSeconds * 1000) / delayMs);
  for (let i = 0; i < simulated; i++) {
    await drive(observed, requests, perDelay);
    await flush(engine);
  }
  await say("network ends");
  // By now both services are warm.
  const addedMicros: number[] = [];
  for (let i = 0; i < slices; i++) {
    const without = await cpuMicros(requestsASlice, () => drive(bare, requests, requestsASlice));
    const withIt = await cpuMicros(requestsASlice, async () => {
      await drive(observed, requests, requestsASlice);
      await flush(engine);
    });
    addedMicros.push(withIt - without);
  }
  await core.resetTelemetry();

  return {
    addedMicros,
    baseBytes,
    delayMs,
    metricIntervalMs: Number(settings["metricIntervalMs"]?.value),
    simulatedSeconds: (simulated * delayMs) / 1000,
    requests: simulated * perDelay,
    ...(await measureRecords(start, core.resetTelemetry)),
    ...(await measureSpans(start)),
  };
}

/** Nothing sampled: a whole exchange from begin to end holds one metric record, which cannot cost more. */
async function measureRecords(
  start: (options: TelemetryOptions) => TelemetryEngine,
  reset: () => Promise<void>,
): Promise<Pick<PresetMeasures, "recordMicros" | "lineMicros" | "metricStoreBytes">> {
  const { nodeReader } = await import("@gossamer/core/adapter");
  const engine = start({
    ...optionsOf(row as BudgetRow),
    exporter: "otlp",
    sampleRatio: 0,
    keep: { slow: false },
    metricIntervalMs: 3_600_000,
    logLevel: "info",
  });
  const exchangeOn = (template: string): (() => void) => {
    const route = engine.routes.get(template);
    const reader = { ...orderReader, routeOptionsInUse: nodeReader.routeOptionsInUse, route: () => route };
    const request = {};
    return () => engine.begin(request, reader).end({ statusCode: 200, completed: true });
  };
  const once = exchangeOn("/orders/:id");
  const recordMicros = await inSlices((times) => {
    for (let i = 0; i < times; i++) once();
  });
  const maxSeries = Number(engine.status().settings["maxSeries"]?.value);
  const metricStoreBytes = await heldBytesOf(async (times) => {
    for (let i = 0; i < times; i++) exchangeOn(`/things/${i}/:id`)();
  }, maxSeries);

  const { createLogger } = await import("@gossamer/pino");
  const out = new CountedLines();
  const logger = createLogger(engine, { destination: out, level: "info", requestLine: false });
  const exchange = engine.begin(
    {},
    { ...orderReader, routeOptionsInUse: nodeReader.routeOptionsInUse, route: () => undefined },
  );
  const lineMicros = await inSlices((times) => {
    exchange.run(() => {
      for (let i = 0; i < times; i++) logger.info({ order: i }, "an order was placed");
    });
  });
  if (out.lines !== piecesInSlices) throw new Error(`${out.lines} lines were written`);
  await reset();
  return { recordMicros, lineMicros, metricStoreBytes: metricStoreBytes * maxSeries };
}

async function measureSpans(
  start: (options: TelemetryOptions) => TelemetryEngine,
): Promise<Pick<PresetMeasures, "spanMicros" | "queuedBytesASpan">> {
  const engine = start({ ...sampledOptionsOf(row as BudgetRow), metrics: false });
  await say("full batches begin");
  const spanMicros = await inSlices(async (times) => {
    await makeSpans(engine.tracer, 8, times);
    await flush(engine);
  });
  await say("full batches end");
  await say("answer no more");
  const queuedBytesASpan = await heldBytesOf((times) => makeSpans(engine.tracer, 8, times), queuedSpans);
  const { queued = 0, inFlight = 0, accepted = 0, writing = 0 } = engine.status().traceExport ?? {};
  const wanted = piecesInSlices + queuedSpans;
  if (accepted + writing !== wanted || queued + inFlight + writing !== queuedSpans)
    throw new Error(
      `of ${queuedSpans} spans ${queued + inFlight + writing} wait, of ${wanted} ${accepted + writing} came`,
    );
  return { spanMicros, queuedBytesASpan };
}

const orderReader = {
  method: () => "GET",
  target: () => "/orders/1000",
  scheme: () => "http" as const,
  header: () => undefined,
  clientAddress: () => "127.0.0.1",
  peerAddress: () => "127.0.0.1",
  peerPort: () => 40_000,
  httpVersion: () => "1.1",
};

try {
  process.send?.({ measures: await measure() } satisfies PresetMessage);
} catch (error) {
  process.send?.({ failed: String((error as Error).stack ?? error) } satisfies PresetMessage);
}
process.on("disconnect", () => process.exit());
