import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { atEnd, serve } from "../faults/world.ts";
import { buildMs, startCollector } from "./collector/collector.ts";
import { jaegerProgram } from "./jaeger/jaeger-program.ts";
import { freePort } from "../../packages/core/src/testing/free-port.ts";

// The whole way: services, a gateway, and a real Jaeger that shows what arrived.

const script = join(import.meta.dirname, "collector/chain-service.mjs");

interface Jaeger {
  /** Where gateways deliver: `127.0.0.1:4317`. */
  readonly grpc: string;
  /** Its API. */
  readonly query: string;
}

interface ShownTrace {
  readonly spans: readonly { readonly operationName: string; readonly processID: string }[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

async function startJaeger(): Promise<Jaeger> {
  const program = await jaegerProgram();
  const [grpc, query, queryGrpc] = [await freePort(), await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), "gossamer-jaeger-"));
  const config = {
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: 1_000 } } } },
      jaeger_query: {
        storage: { traces: "memory" },
        http: { endpoint: `127.0.0.1:${query}` },
        grpc: { endpoint: `127.0.0.1:${queryGrpc}` },
      },
    },
    receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}` } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: "memory" } },
    service: {
      extensions: ["jaeger_storage", "jaeger_query"],
      pipelines: { traces: { receivers: ["otlp"], exporters: ["jaeger_storage_exporter"] } },
      telemetry: { metrics: { level: "none" }, logs: { level: "error" } },
    },
  };
  // JSON is YAML.
  writeFileSync(join(folder, "config.yaml"), JSON.stringify(config));
  const child: ChildProcess = spawn(program, ["--config", join(folder, "config.yaml")], { stdio: "inherit" });
  atEnd(async () => {
    child.kill("SIGKILL");
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    rmSync(folder, { recursive: true, force: true });
  });
  return { grpc: `127.0.0.1:${grpc}`, query: `http://127.0.0.1:${query}/api` };
}

test(
  "a trace that crossed three services and a gateway is one trace in a real Jaeger (R-D1)",
  { timeout: buildMs + 60_000 },
  async () => {
    const jaeger = await startJaeger();
    const gateway = await startCollector({
      files: ["gateway.yaml", "head.yaml"],
      env: { BACKEND_ENDPOINT: jaeger.grpc },
      changes: { exporters: { otlp_grpc: { sending_queue: { batch: { flush_timeout: "200ms" } } } } },
    });
    const options = { metrics: false };
    const mail = await serve(gateway.http, { script, options: { serviceName: "mail", ...options } });
    const stock = await serve(gateway.http, {
      script,
      env: { CHAIN_NEXT: mail.url },
      options: { serviceName: "stock", ...options },
    });
    const shop = await serve(gateway.http, {
      script,
      env: { CHAIN_NEXT: stock.url },
      options: { serviceName: "shop", ...options },
    });
    expect((await shop.load(3, "/ok")).errors).toBe(0);

    const shown = async (): Promise<readonly ShownTrace[]> => {
      const answer = await fetch(`${jaeger.query}/traces?service=mail`).catch(() => undefined);
      return answer?.ok === true ? ((await answer.json()) as { data: ShownTrace[] }).data : [];
    };
    const told = async (): Promise<string[][]> =>
      (await shown()).map(({ spans, processes }) =>
        spans.map(({ operationName, processID }) => `${processes[processID]?.serviceName} ${operationName}`).toSorted(),
      );
    const whole = ["mail GET /ok", "shop GET /ok", "shop ask /ok", "stock GET /ok", "stock ask /ok"];
    await expect.poll(told, { timeout: 30_000 }).toEqual([whole, whole, whole]);
  },
);
