import type { Diagnostics } from "../../model/diagnostics.ts";
import type { Settings } from "../../options/settle/settings.ts";
import { breakerLog } from "../../pipeline/breaker/breaker-log.ts";
import type { PipelineExporter } from "../../pipeline/export-parts.ts";
import type { CollectorLog } from "../../pipeline/log/collector-log.ts";
import type { Sender } from "../../pipeline/transport/sender.ts";
import { createBreaker } from "./create-breaker.ts";

export interface CollectorExporterParts {
  readonly settings: Settings;
  readonly sender: Sender;
  readonly collectorLog: CollectorLog;
  /** What becomes of the signal while its breaker is open. */
  readonly meanwhile: string;
  readonly diagnostics: Diagnostics;
}

/** The way to a collector, with a breaker of its own. */
export function collectorExporter({
  settings,
  sender,
  collectorLog,
  meanwhile,
  diagnostics,
}: CollectorExporterParts): PipelineExporter & { readonly name: string } {
  const log = breakerLog({
    exporter: `the collector at ${sender.destination}`,
    meanwhile,
    isQuiet: () => collectorLog.absent,
    diagnostics,
  });
  return { name: "otlp", sender, collectorLog, breaker: createBreaker(settings, log) };
}
