import { setImmediate } from "node:timers/promises";
import { createTelemetry, type TelemetryEngine } from "@gossamer/core";

const spansATurn = 100;

/** An engine for spans alone: all sampled, a queue that holds a burst, nothing held back. */
export function spanEngine(sinkUrl: string): TelemetryEngine {
  return createTelemetry({
    serviceName: "load",
    environment: "production",
    sampleRatio: 1,
    metrics: false,
    otlp: { endpoint: sinkUrl },
    queue: { maxSpans: 200_000, maxBytes: 64 * 1024 * 1024 },
    batch: { maxSpans: 4_096, delayMs: 200 },
    maxMemoryBytes: 128 * 1024 * 1024,
    overhead: { enabled: false },
    shutdown: { signals: false },
    diagnostics: "none",
  });
}

/** So many traces at once, each of so many spans. They take turns, as requests that wait for something do. */
export async function makeTraces(telemetry: TelemetryEngine, traces: number, spansEach: number): Promise<void> {
  await Promise.all(
    Array.from({ length: traces }, () =>
      telemetry.span("trace", async () => {
        for (let made = 1; made < spansEach; made++) {
          telemetry.span("step", () => {});
          if (made % spansATurn === 0) await setImmediate();
        }
      }),
    ),
  );
}
