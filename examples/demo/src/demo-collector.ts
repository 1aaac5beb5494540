import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { countedRows } from "./counted-rows.ts";
import { plural, whole } from "./figures.ts";
import type { Arrivals } from "./messages.ts";
import { textTable } from "./text-table.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../../..");
const startMs = 30_000;
const drainMs = 20_000;

/** What a collector was given, by its own count. */
export interface Taken {
  readonly spans: number;
  readonly points: number;
  readonly logs: number;
}

/** A real OpenTelemetry Collector between the shops and the receiver: `deploy/collector/gateway.yaml` in its profile *head*. */
export class DemoCollector {
  /** Where the shops deliver. */
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #metricsUrl: string;

  private constructor(url: string, metricsUrl: string, folder: string, child: ChildProcess) {
    this.url = url;
    this.#metricsUrl = metricsUrl;
    this.#folder = folder;
    this.#process = child;
    process.once("exit", () => child.kill("SIGKILL"));
  }

  /** Builds it where that was not done yet, some minutes and once, and starts it. What it lets through goes to `receiverUrl`. Rejects and says why where it cannot. */
  static async start(receiverUrl: string): Promise<DemoCollector> {
    const program = await builtProgram();
    const folder = mkdtempSync(join(tmpdir(), "gossamer-demo-"));
    const [http, grpc, health, metrics] = [await freePort(), await freePort(), await freePort(), await freePort()];
    const changes = join(folder, "changes.yaml");
    // JSON is YAML.
    writeFileSync(changes, JSON.stringify(demoChanges({ receiverUrl, http, grpc, health, metrics })));
    const deploy = join(root, "deploy/collector");
    const files = [join(deploy, "gateway.yaml"), join(deploy, "head.yaml"), changes];
    const child = spawn(
      program,
      files.flatMap((file) => ["--config", file]),
      {
        env: { ...process.env, STORAGE_DIRECTORY: join(folder, "storage") },
        stdio: ["ignore", "ignore", "inherit"],
        // Ctrl-C reaches every process of the terminal's group; it is the demo that ends this one, after the shops.
        detached: true,
      },
    );
    const collector = new DemoCollector(
      `http://127.0.0.1:${http}`,
      `http://127.0.0.1:${metrics}/metrics`,
      folder,
      child,
    );
    try {
      await collector.#isReady(`http://127.0.0.1:${health}`);
    } catch (error) {
      await collector.end();
      throw error;
    }
    return collector;
  }

  async #isReady(healthUrl: string): Promise<void> {
    const untilMs = performance.now() + startMs;
    while (performance.now() < untilMs) {
      if (this.#process.exitCode !== null) throw new Error("The collector ended early; its own words are above.");
      const answer = await fetch(healthUrl).catch(() => undefined);
      if (answer?.ok === true) return;
      await delay(50);
    }
    throw new Error(`The collector was not ready within ${whole(startMs / 1_000)} s.`);
  }

  /** What it was given. Then ends it as an orchestrator does: it delivers what it holds. */
  async drain(): Promise<Taken> {
    const text = await (await fetch(this.#metricsUrl)).text();
    const accepted = (items: string): number => counterSum(text, `otelcol_receiver_accepted_${items}`);
    const taken = { spans: accepted("spans"), points: accepted("metric_points"), logs: accepted("log_records") };
    this.#process.kill("SIGTERM");
    await this.#gone(drainMs);
    return taken;
  }

  /** Nothing of it is left when this resolves. */
  async end(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#gone(1_000);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #gone(patienceMs: number): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const killer = setTimeout(() => this.#process.kill("SIGKILL"), patienceMs);
    await once(this.#process, "exit");
    clearTimeout(killer);
  }
}

async function builtProgram(): Promise<string> {
  try {
    const { stdout } = await run(process.execPath, [join(root, "scripts/collector-build.ts")]);
    return stdout.trim();
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(stderr?.trim() || String(error), { cause: error });
  }
}

interface DemoPlaces {
  readonly receiverUrl: string;
  readonly http: number;
  readonly grpc: number;
  readonly health: number;
  readonly metrics: number;
}

function demoChanges({ receiverUrl, http, grpc, health, metrics }: DemoPlaces): object {
  const on = (port: number): object => ({ endpoint: `127.0.0.1:${port}` });
  const pipeline = { exporters: ["otlp_http"] };
  return {
    extensions: { health_check: on(health) },
    receivers: { otlp: { protocols: { grpc: on(grpc), http: on(http) } } },
    exporters: {
      otlp_http: {
        endpoint: receiverUrl,
        sending_queue: {
          storage: "file_storage",
          sizer: "items",
          queue_size: 100_000,
          batch: { flush_timeout: "200ms" },
        },
      },
    },
    service: {
      pipelines: { traces: pipeline, metrics: pipeline, logs: pipeline },
      telemetry: {
        logs: { level: "error" },
        metrics: { readers: [{ pull: { exporter: { prometheus: { host: "127.0.0.1", port: metrics } } } }] },
      },
    },
  };
}

/** The sum of a counter over all its labels, in Prometheus' text. */
function counterSum(text: string, name: string): number {
  const samples = text.split("\n").filter((line) => line.startsWith(`${name}{`));
  return samples.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
}

/** What came out at the collector's end, by service. */
export function collectorLines(taken: Taken, arrivals: Arrivals): string[] {
  const requests = new Map<string, number>();
  for (const { key, times } of countedRows(arrivals.durations).values()) {
    requests.set(key.service, (requests.get(key.service) ?? 0) + times.count);
  }
  const rows = Object.entries(arrivals.services)
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([service, { spans, requestSpans, traces, points, logs }]) => {
      const counted = requests.get(service) ?? 0;
      const share = counted === 0 ? "–" : `${((requestSpans / counted) * 100).toFixed(1)} %`;
      return [
        service,
        whole(counted),
        whole(requestSpans),
        share,
        whole(traces),
        whole(spans),
        whole(points),
        whole(logs),
      ];
    });
  return [
    ...textTable(
      [
        { title: "service", align: "left" },
        { title: "requests" },
        { title: "traced" },
        { title: "share" },
        { title: "traces" },
        { title: "spans" },
        { title: "metric points" },
        { title: "log records" },
      ],
      rows,
    ),
    `  A real OpenTelemetry Collector (deploy/collector/gateway.yaml and head.yaml) took ${plural(taken.spans, "span")},`,
    `  ${plural(taken.points, "metric point")} and ${plural(taken.logs, "log record")}, by its own count; this is what came out of it.`,
  ];
}

/** Whether all that it took came out. */
export function collectorFaults(taken: Taken, { services }: Arrivals): string[] {
  const names = { spans: "span", points: "metric point", logs: "log record" } as const;
  return (["spans", "points", "logs"] as const).flatMap((items) => {
    const out = Object.values(services).reduce((sum, service) => sum + service[items], 0);
    return out === taken[items]
      ? []
      : [`the collector took ${plural(taken[items], names[items])}, ${whole(out)} came out of it`];
  });
}

/** A port of 127.0.0.1 where nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
