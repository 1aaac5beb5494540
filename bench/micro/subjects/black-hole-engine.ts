import type { TelemetryEngine, TelemetryOptions } from "@gossamer/core";
import type { Surroundings } from "../../harness/subject.ts";

/**
 * The engine with everything sampled and a collector that takes one export and never answers it, so that spans are made, encoded and queued,
 * and no more than the first batch is sent. What the queue cannot hold is dropped, oldest first.
 */
export async function blackHoleEngine(
  { serviceName, sinkUrl }: Surroundings,
  maxSpans: number,
  options: TelemetryOptions = {},
): Promise<TelemetryEngine> {
  const { createTelemetry } = await import("@gossamer/core");
  return createTelemetry({
    serviceName,
    sampleRatio: 1,
    metrics: false,
    queue: { maxSpans, maxBytes: 256 * 1024 * 1024 },
    otlp: {
      endpoint: `${sinkUrl}/black-hole`,
      compression: "none",
      timeoutMs: 600_000,
      maxConcurrentExports: 1,
      connections: 1,
    },
    shutdown: { signals: false },
    diagnostics: "none",
    ...options,
  });
}
