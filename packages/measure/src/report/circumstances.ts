import { availableParallelism, cpus, loadavg } from "node:os";
import type { MeasureSettings } from "../measure-options.ts";
import type { Session } from "../subject/session.ts";
import type { Circumstances } from "./report.ts";

/** Where and how it is measured, read before the first start. */
export function circumstancesOf(session: Session, settings: MeasureSettings): Circumstances {
  const { env: _env, onProgress: _onProgress, ...told } = settings;
  return {
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    loadAverage: loadavg().map((load) => Math.round(load * 100) / 100),
    processes: session.processes,
    ownProcesses: session.ownProcesses,
    settings: told,
    measuredAt: new Date().toISOString(),
  };
}
