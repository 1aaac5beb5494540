import { type ProcessParts, type ProcessRegistry, startProcessMetrics } from "../../health/process-metrics.ts";
import { processSources } from "../../health/process-sources.ts";

/** Measures the process and thread that it is called in. Answers what ends it. */
export function measureProcess(parts: ProcessParts, registry: ProcessRegistry, now: () => number): () => void {
  return startProcessMetrics(parts, registry, processSources(now));
}
