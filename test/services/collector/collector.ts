import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { vi } from "vitest";
import { collectorProgram } from "../../../scripts/collector-program.ts";
import { root } from "../../../scripts/step.ts";
import { atEnd } from "../../faults/world.ts";
import { freePort } from "../../../packages/core/src/testing/free-port.ts";

/** As long as building it the first time may take. */
export const buildMs = 1_200_000;

export type Profile = "agent.yaml" | "gateway.yaml" | "gateway-small.yaml" | "head.yaml";

export interface CollectorParts {
  /** Files of deploy/collector, in their order. */
  readonly files?: readonly Profile[];
  /** Behind the files. */
  readonly changes?: object;
  readonly env?: Readonly<Record<string, string>>;
}

/** A collector in a process of its own, on ports of its own. */
export interface Collector {
  /** `127.0.0.1:4317` */
  readonly grpc: string;
  /** `http://127.0.0.1:4318` */
  readonly http: string;
  /** Where it tells its own metrics: `127.0.0.1:8888` */
  readonly metrics: string;
  /** A folder of its own, gone at the end of the test. */
  readonly folder: string;
  /** What it says on standard error: warnings and errors. */
  readonly lines: readonly string[];
  /** Starts it again, on the same ports and with the same folder. */
  start(): Promise<void>;
  stop(signal: NodeJS.Signals): Promise<void>;
  /** The sum of one of its own counters or gauges, over all attributes, or those that have a label: `sampled="true"`. */
  own(name: string, label?: string): Promise<number>;
}

/** Where the files of deploy/collector are. */
export function configPath(file: Profile): string {
  return join(root, "deploy/collector", file);
}

export async function startCollector({ files = [], changes = {}, env = {} }: CollectorParts): Promise<Collector> {
  const program = await collectorProgram();
  const folder = mkdtempSync(join(tmpdir(), "gossamer-collector-"));
  const [grpc, http, health, own] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const ports = join(folder, "ports.json");
  const changed = join(folder, "changes.json");
  // JSON is YAML.
  writeFileSync(ports, JSON.stringify(onPorts(grpc, http, health, own)));
  writeFileSync(changed, JSON.stringify(changes));
  const parameters = [...files.map(configPath), ports, changed].flatMap((path) => ["--config", path]);
  const lines: string[] = [];
  let child: ChildProcess | undefined;

  const collector: Collector = {
    grpc: `127.0.0.1:${grpc}`,
    http: `http://127.0.0.1:${http}`,
    metrics: `127.0.0.1:${own}`,
    folder,
    lines,
    async start() {
      child = spawn(program, parameters, {
        env: { ...process.env, STORAGE_DIRECTORY: join(folder, "storage"), ...env },
        stdio: ["ignore", "inherit", "pipe"],
      });
      const running = child;
      createInterface({ input: running.stderr as NodeJS.ReadableStream }).on("line", (line) => lines.push(line));
      await vi.waitUntil(
        async () => {
          if (running.exitCode !== null) throw new Error(`The collector ended: ${lines.slice(-5).join("\n")}`);
          return (await fetch(`http://127.0.0.1:${health}`).catch(() => undefined))?.ok;
        },
        { timeout: 30_000, interval: 50 },
      );
    },
    async stop(signal) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill(signal);
      await gone;
    },
    async own(name, label = "") {
      const text = await (await fetch(`http://127.0.0.1:${own}/metrics`)).text();
      const values = text.split("\n").filter((line) => line.startsWith(`${name}{`) && line.includes(label));
      return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
    },
  };
  atEnd(async () => {
    await collector.stop("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  await collector.start();
  return collector;
}

function onPorts(grpc: number, http: number, health: number, own: number): object {
  const prometheus = { host: "127.0.0.1", port: own };
  return {
    extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
    receivers: {
      otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}` }, http: { endpoint: `127.0.0.1:${http}` } } },
    },
    service: {
      telemetry: {
        logs: { level: "warn" },
        metrics: { level: "detailed", readers: [{ pull: { exporter: { prometheus } } }] },
      },
    },
  };
}
