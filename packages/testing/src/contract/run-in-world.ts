import { setTimeout as sleep } from "node:timers/promises";
import { createTelemetry, resetTelemetry, type TelemetryEngine, type TelemetryOptions } from "@gossamer/core";
import { type OtlpReceiver, startOtlpReceiver } from "../otlp-receiver.ts";
import { send } from "./client.ts";
import type { ContractCase } from "./contract-case.ts";
import { createFixture } from "./fixture/create-fixture.ts";
import { fixtureApp } from "./fixture/fixture-app.ts";
import type { AdapterHarness, RunningApp } from "./harness.ts";
import { openRaw, rawExchange } from "./raw-client.ts";
import { type Seen, whatArrived } from "./seen.ts";
import { startUpstream } from "./upstream.ts";

const settleMs = 20_000;
/** What one more request may take to arrive, on a busy machine. */
const settleMsEach = 2;

/** The options of every case, before its own. */
function worldOptions(endpoint: string, lines: string[]): TelemetryOptions {
  return {
    serviceName: "contract",
    environment: "test",
    sampleRatio: 1,
    exporter: "otlp",
    otlp: { endpoint, compression: "none" },
    metricIntervalMs: 600_000,
    batch: { delayMs: 60_000 },
    shutdown: { signals: false },
    log: (line) => lines.push(line),
  };
}

/** Runs one case against an app, an engine and a collector of its own, and ends them all. */
export async function runInWorld(
  harness: AdapterHarness,
  { telemetry: options, environment = {}, protocol = "http1", run }: ContractCase,
): Promise<void> {
  const lines: string[] = [];
  const receiver = await startOtlpReceiver();
  const upstream = await startUpstream();
  Object.assign(process.env, environment);
  const telemetry = createTelemetry(optionsOf(worldOptions(receiver.url, lines), options));
  for (const name of Object.keys(environment)) delete process.env[name];
  const fixture = createFixture(telemetry, upstream.url);
  let app: RunningApp | undefined;
  try {
    app = await harness.start(telemetry, fixtureApp(fixture, protocol));
    const { port } = app;
    await run({
      harness,
      protocol,
      port,
      telemetry,
      receiver,
      upstream,
      fixture,
      lines,
      send: (request) => send(protocol, port, typeof request === "string" ? { path: request } : request),
      raw: (text) => rawExchange(port, text),
      open: () => openRaw(port),
      settle: (requests) => settle(telemetry, receiver, requests),
    });
  } finally {
    await app?.close();
    await resetTelemetry();
    await Promise.all([receiver.close(), upstream.close()]);
  }
}

/** A sampler takes the place of the ratio. */
function optionsOf(usual: TelemetryOptions, own: TelemetryOptions = {}): TelemetryOptions<never> {
  const { sampleRatio, ...others } = usual;
  const options = own.sampler === undefined && sampleRatio !== undefined ? { ...others, sampleRatio } : others;
  return { ...options, ...own };
}

async function settle(telemetry: TelemetryEngine, receiver: OtlpReceiver, requests: number): Promise<Seen> {
  const withinMs = settleMs + requests * settleMsEach;
  const deadline = Date.now() + withinMs;
  for (;;) {
    await telemetry.flush(withinMs);
    const seen = whatArrived(receiver);
    const active = receiver
      .latestPoints("http.server.active_requests")
      .reduce((sum, { value }) => sum + Number(value), 0);
    if (seen.counted === requests && active === 0) return seen;
    if (seen.counted > requests || Date.now() > deadline) {
      const faults = JSON.stringify(telemetry.status().faults);
      throw new Error(
        `${requests} requests must be counted and none active, got ${seen.counted} and ${active} (faults ${faults}).`,
      );
    }
    await sleep(5);
  }
}
