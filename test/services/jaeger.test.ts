import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTelemetry, resetTelemetry, type TelemetryEngine, type TelemetryOptions } from "@gossamer/core";
import { nodeReader, observeNode } from "@gossamer/core/adapter";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { jaegerProgram } from "./jaeger/jaeger-program.ts";
import { freePort } from "../../packages/core/src/testing/free-port.ts";

// A real Jaeger says what to sample, from a strategy file that it reads itself.

const buildMs = 1_800_000;
const strategies = {
  default_strategy: {
    type: "probabilistic",
    param: 0.25,
    operation_strategies: [{ operation: "GET /health", type: "probabilistic", param: 0 }],
  },
  service_strategies: [
    {
      service: "shop",
      type: "probabilistic",
      param: 0,
      operation_strategies: [{ operation: "GET /users/:id", type: "probabilistic", param: 1 }],
    },
    { service: "mail", type: "ratelimiting", param: 7 },
  ],
};

let folder: string;
let jaeger: ChildProcess;
const urls = { http: "", grpc: "" };
const lines: string[] = [];
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  const program = await jaegerProgram();
  const [http, grpc, health] = [await freePort(), await freePort(), await freePort()];
  urls.http = `http://127.0.0.1:${http}`;
  urls.grpc = `http://127.0.0.1:${grpc}`;
  folder = mkdtempSync(join(tmpdir(), "gossamer-jaeger-"));
  write(strategies);
  const config = {
    service: {
      extensions: ["jaeger_storage", "remote_sampling", "healthcheckv2"],
      pipelines: { traces: { receivers: ["nop"], exporters: ["nop"] } },
      telemetry: { metrics: { level: "none" }, logs: { level: "error" } },
    },
    extensions: {
      healthcheckv2: { use_v2: true, http: { endpoint: `127.0.0.1:${health}` } },
      jaeger_storage: { backends: { memory: { memory: { max_traces: 10 } } } },
      remote_sampling: {
        file: { path: join(folder, "strategies.json"), reload_interval: "100ms" },
        http: { endpoint: `127.0.0.1:${http}` },
        grpc: { endpoint: `127.0.0.1:${grpc}` },
      },
    },
    receivers: { nop: {} },
    exporters: { nop: {} },
  };
  // JSON is YAML.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  jaeger = spawn(program, ["--config", join(folder, "config.yaml")], { stdio: "inherit" });
  await vi.waitUntil(async () => (await fetch(`${urls.http}/sampling?service=x`).catch(() => undefined))?.ok, {
    timeout: 60_000,
    interval: 100,
  });
}, buildMs);

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await resetTelemetry();
  lines.length = 0;
});

afterAll(async () => {
  if (jaeger?.exitCode === null) {
    jaeger.kill("SIGKILL");
    await once(jaeger, "exit");
  }
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function write(value: unknown): void {
  writeFileSync(join(folder, "strategies.json"), JSON.stringify(value));
}

async function saidOf(service: string): Promise<string> {
  return (await fetch(`${urls.http}/sampling?service=${service}`)).text();
}

async function follow(serviceName: string, options: TelemetryOptions): Promise<TelemetryEngine> {
  const telemetry = createTelemetry({
    serviceName,
    exporter: "none",
    shutdown: { signals: false },
    log: (line) => lines.push(line),
    ...options,
  });
  await vi.waitFor(() => expect(telemetry.status().sampling.remote?.revision).toBe(1), 10_000);
  return telemetry;
}

describe.each(["http", "grpc"] as const)("Jaeger by %s", (protocol) => {
  const endpoint = (): TelemetryOptions => ({ remoteSampling: { url: urls[protocol], protocol } });

  test("says what to sample of a service, operation by operation, behind its own rules (R-S17)", async () => {
    const telemetry = await follow("shop", endpoint());
    expect(telemetry.sampling.current()).toMatchObject({
      sampleRatio: 0,
      changedBy: "remote",
      centralRules: [
        { match: "GET /users/:id", ratio: 1 },
        { match: "GET /health", ratio: 0 },
      ],
    });
    expect(lines.filter((line) => line.includes("REMOTE_SAMPLING"))).toHaveLength(1);
  });

  test("says a rate, beside the operations of its default (R-S17)", async () => {
    const telemetry = await follow("mail", endpoint());
    expect(telemetry.sampling.current()).toMatchObject({
      sampler: "ParentBased{root=RateLimit{7/s}}",
      centralRules: [{ match: "GET /health", ratio: 0 }],
    });
  });

  test("says its default of a service that it does not know (R-S17)", async () => {
    const telemetry = await follow("stranger", endpoint());
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: 0.25, centralRules: [{ match: "GET /health" }] });
  });

  test("is followed as it changes its mind, and what it said stays when it is gone for a while (R-S17)", async () => {
    const remoteSampling = { url: urls[protocol], protocol, pollMs: 1_000, timeoutMs: 300 };
    const telemetry = await follow("shop", { remoteSampling });
    closers.push(async () => {
      write(strategies);
      await vi.waitUntil(async () => (await saidOf("shop")).includes("/users/:id"), { timeout: 20_000 });
    });
    write({ default_strategy: { type: "probabilistic", param: 1 } });
    await vi.waitFor(() => expect(telemetry.sampling.current().sampleRatio).toBe(1), 20_000);
    jaeger.kill("SIGSTOP");
    closers.unshift(() => jaeger.kill("SIGCONT"));
    const failures = (): number => telemetry.status().sampling.remote?.failures ?? 0;
    await vi.waitFor(() => expect(failures()).toBe(1), 20_000);
    expect(telemetry.sampling.current().sampleRatio).toBe(1);
    jaeger.kill("SIGCONT");
    await vi.waitFor(() => expect(telemetry.status().sampling.remote?.ageMs).toBeLessThan(500), 20_000);
    expect(lines.filter((line) => line.includes("REMOTE_SAMPLING_WRONG"))).toHaveLength(1);
  });
});

test("what Jaeger says of an operation is for the route that the framework matches, not for the path (R-S17)", async () => {
  const sampled: string[] = [];
  const telemetry = await follow("shop", {
    remoteSampling: urls.http,
    spanProcessors: [
      {
        onStart() {},
        onEnd: (span) => void sampled.push(span.name),
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      },
    ],
  });
  const service = await serve(telemetry);
  for (const path of ["/users/1", "/users/2", "/orders/1"]) await (await fetch(service + path)).text();
  await vi.waitFor(() => expect(sampled).toEqual(["GET /users/:id", "GET /users/:id"]), 20_000);
  expect(telemetry.status().sampling.decisions).toEqual({
    "remote GET /users/:id:sampled": 2,
    "remote:unsampled": 1,
  });
});

/** A service with the routes `/users/:id` and `/orders/:id`; answers its address. */
async function serve(telemetry: TelemetryEngine): Promise<string> {
  const observe = observeNode<IncomingMessage, ServerResponse>(telemetry, {
    reader: {
      ...nodeReader,
      route: (request: IncomingMessage) => telemetry.routes.get(request.url?.replace(/^(\/\w+)\/\w+$/, "$1/:id") ?? ""),
    },
    nodeRequest: (request) => request,
    nodeResponse: (response) => response,
  });
  const server: Server = createServer((request, response) => observe(request, response, () => response.end("ok")));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
