import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../packages/core/src/testing/free-port.ts";

/** A real Prometheus, which scrapes twice a second. */
export interface PrometheusServer {
  /** The data that its API answers, `query?query=…` for instance; undefined while it does not. */
  ask<Data>(path: string): Promise<Data | undefined>;
  stop(): Promise<void>;
}

/** Throws where it is not installed. Debian's package brings it: `apt-get install prometheus`. */
export function needPrometheus(program: "prometheus" | "promtool"): void {
  if (spawnSync(program, ["--version"]).error === undefined) return;
  throw new Error(`${program} is missing: install it with \`apt-get install -y --no-install-recommends prometheus\`.`);
}

/** @param targets by job: `127.0.0.1:9464` */
export async function startPrometheus(targets: Readonly<Record<string, string>>): Promise<PrometheusServer> {
  needPrometheus("prometheus");
  const folder = mkdtempSync(join(tmpdir(), "gossamer-prometheus-"));
  const port = await freePort();
  const config = join(folder, "prometheus.yml");
  const jobs = Object.entries(targets).map(([job, target]) => ({
    job_name: job,
    static_configs: [{ targets: [target] }],
  }));
  // JSON is YAML.
  const global = { scrape_interval: "500ms", scrape_timeout: "400ms" };
  writeFileSync(config, JSON.stringify({ global, scrape_configs: jobs }));
  const server: ChildProcess = spawn(
    "prometheus",
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--enable-feature=exemplar-storage",
      "--log.level=error",
    ],
    { stdio: "inherit" },
  );
  return {
    async ask<Data>(path: string) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`).catch(() => undefined);
      if (answer?.ok !== true) return undefined;
      return ((await answer.json()) as { data: Data }).data;
    },
    async stop() {
      if (server.exitCode === null) {
        server.kill("SIGKILL");
        await once(server, "exit");
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
