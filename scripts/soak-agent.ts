// Runs the agent of deploy/collector within the memory and CPU that deploy/kubernetes/shop.yaml allows it, under spans, and says what it needed:
// `node scripts/soak-agent.ts [minutes] [spans a second]`. It needs root and cgroup v1 or v2, which hold it to its limits as Kubernetes does.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { createTelemetry } from "../packages/core/src/index.ts";
import { collectorProgram } from "./collector-program.ts";
import { root } from "./step.ts";
import { freePort } from "../packages/core/src/testing/free-port.ts";

const [minutes = 3, perSecond = 500] = process.argv.slice(2).map(Number);
const limit = { memoryBytes: 64 * 1024 * 1024, cpus: 0.1 };
const env = { ...process.env, GOMEMLIMIT: "51MiB", MEMORY_LIMIT_MIB: "48", MEMORY_SPIKE_MIB: "12" };
const name = `gossamer-soak-${process.pid}`;

/** What holds a process to its limits, as far as this system has it. */
interface Cage {
  add(pid: number): void;
  usedBytes(): number;
  mostBytes(): number;
  /** How often a process in it was ended for want of memory. */
  kills(): number;
  remove(): void;
}

function makeCage(): Cage {
  const isSecond = existsSync("/sys/fs/cgroup/cgroup.controllers");
  const [memory, cpu] = isSecond
    ? [`/sys/fs/cgroup/${name}`, `/sys/fs/cgroup/${name}`]
    : [`/sys/fs/cgroup/memory/${name}`, `/sys/fs/cgroup/cpu/${name}`];
  const read = (file: string): string => readFileSync(join(memory, file), "utf8");
  const counted = (file: string): number => Number(/^oom_kill (\d+)$/m.exec(read(file))?.[1] ?? 0);
  for (const folder of new Set([memory, cpu])) mkdirSync(folder);
  const remove = (): void => {
    for (const folder of new Set([memory, cpu])) rmdirSync(folder);
  };
  if (isSecond) {
    writeFileSync(join(memory, "memory.max"), String(limit.memoryBytes));
    writeFileSync(join(cpu, "cpu.max"), `${limit.cpus * 100_000} 100000`);
    return {
      add: (pid) => writeFileSync(join(memory, "cgroup.procs"), String(pid)),
      usedBytes: () => Number(read("memory.current")),
      mostBytes: () => Number(read("memory.peak")),
      kills: () => counted("memory.events"),
      remove,
    };
  }
  writeFileSync(join(memory, "memory.limit_in_bytes"), String(limit.memoryBytes));
  writeFileSync(join(cpu, "cpu.cfs_period_us"), "100000");
  writeFileSync(join(cpu, "cpu.cfs_quota_us"), String(limit.cpus * 100_000));
  return {
    add(pid) {
      for (const folder of [memory, cpu]) writeFileSync(join(folder, "cgroup.procs"), String(pid));
    },
    usedBytes: () => Number(read("memory.usage_in_bytes")),
    mostBytes: () => Number(read("memory.max_usage_in_bytes")),
    kills: () => counted("memory.oom_control"),
    remove,
  };
}

const program = await collectorProgram();
const folder = mkdtempSync(join(tmpdir(), "gossamer-soak-agent-"));
const [gatewayPort, agentPort, grpcPort, healthPort, ownPort] = await Promise.all(Array.from({ length: 5 }, freePort));
const telemetryOf = (port: number | undefined): object => ({
  logs: { level: "error" },
  metrics: { level: "detailed", readers: [{ pull: { exporter: { prometheus: { host: "127.0.0.1", port } } } }] },
});
// JSON is YAML. The gateway takes everything and keeps nothing.
const gatewayFile = join(folder, "gateway.json");
writeFileSync(
  gatewayFile,
  JSON.stringify({
    receivers: { otlp: { protocols: { grpc: { endpoint: `127.0.0.1:${gatewayPort}` } } } },
    exporters: { file: { path: "/dev/null" } },
    service: {
      pipelines: { traces: { receivers: ["otlp"], exporters: ["file"] } },
      telemetry: { metrics: { level: "none" }, logs: { level: "error" } },
    },
  }),
);
const changesFile = join(folder, "changes.json");
writeFileSync(
  changesFile,
  JSON.stringify({
    extensions: { health_check: { endpoint: `127.0.0.1:${healthPort}` } },
    receivers: {
      otlp: {
        protocols: { grpc: { endpoint: `127.0.0.1:${grpcPort}` }, http: { endpoint: `127.0.0.1:${agentPort}` } },
      },
    },
    processors: { resource_detection: { detectors: ["env", "system"] } },
    exporters: { load_balancing: { resolver: { dns: null, static: { hostnames: [`127.0.0.1:${gatewayPort}`] } } } },
    service: { telemetry: telemetryOf(ownPort) },
  }),
);

const children: ChildProcess[] = [];
function start(files: readonly string[]): ChildProcess {
  const child = spawn(
    program,
    files.flatMap((file) => ["--config", file]),
    { env, stdio: ["ignore", "ignore", "inherit"] },
  );
  children.push(child);
  return child;
}

const cage = makeCage();
try {
  start([gatewayFile]);
  const startedMs = performance.now();
  const agent = start([join(root, "deploy/collector/agent.yaml"), changesFile]);
  cage.add(agent.pid ?? 0);
  while ((await fetch(`http://127.0.0.1:${healthPort}`).catch(() => undefined))?.ok !== true) {
    if (agent.exitCode !== null || agent.signalCode !== null) throw new Error("The agent ended before it was ready.");
    await delay(50);
  }
  console.log(`ready after ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
  const telemetry = createTelemetry({
    serviceName: "soak",
    sampleRatio: 1,
    otlp: { endpoint: `http://127.0.0.1:${agentPort}` },
    metricIntervalMs: 10_000,
    overhead: { enabled: false },
    shutdown: { signals: false },
    diagnostics: "warn",
  });
  const until = performance.now() + minutes * 60_000;
  let made = 0;
  for (let tick = 0; performance.now() < until && agent.exitCode === null && agent.signalCode === null; tick++) {
    for (let i = 0; i < perSecond / 20; i++, made++) telemetry.span("step", () => {});
    if (tick % 600 === 0) console.log(`${made} spans, ${mebibytes(cage.usedBytes())} in use`);
    await delay(50);
  }
  await telemetry.flush(30_000);
  const status = telemetry.status().traceExport;
  const own = await (await fetch(`http://127.0.0.1:${ownPort}/metrics`)).text();
  const sumOf = (metric: string): number =>
    own
      .split("\n")
      .filter((line) => line.startsWith(`${metric}{`))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  const statusText = readFileSync(`/proc/${agent.pid}/status`, "utf8");
  const anonymous = Number(/^RssAnon:\s+(\d+) kB$/m.exec(statusText)?.[1] ?? 0) * 1_024;
  await telemetry.shutdown();
  console.log(
    [
      `${minutes} minutes, ${perSecond} spans a second: ${made} made, ${status?.exported} taken by the agent, ${status?.dropped} dropped`,
      `agent: ${sumOf("otelcol_exporter_sent_spans")} sent, ${sumOf("otelcol_receiver_refused_spans")} refused, ${sumOf("otelcol_exporter_send_failed_spans")} failed`,
      `memory: ${mebibytes(cage.usedBytes())} in use, ${mebibytes(cage.mostBytes())} at most (pages of the program's file only where nobody else had read them), ${mebibytes(anonymous)} of its own; ended for want of memory ${cage.kills()} times`,
    ].join("\n"),
  );
} finally {
  for (const child of children) child.kill("SIGKILL");
  await delay(500);
  cage.remove();
  rmSync(folder, { recursive: true, force: true });
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_024 / 1_024).toFixed(1)} MiB`;
}
