import type { TelemetryEngine } from "@gossamer/core";
import type { SeenByEngine } from "./subject.ts";

/** The engine's account, as far as the measurement asks for it. */
export function seenByEngine(engine: TelemetryEngine, undelivered: number): SeenByEngine {
  const { sampling, spans, traceExport, metrics, logs, settings } = engine.status();
  const isOn = (option: string): boolean => engine.enabled && settings[option]?.value !== false;
  const traces = isOn("traces");
  const counts = isOn("metrics");
  const decided = sumOf(sampling.decisions) > 0 || spans.started > 0;
  const counted = metrics.instruments.some(({ name, series }) => name.startsWith("http.server.") && series > 0);
  return {
    noticed: traces || counts ? decided || counted : undefined,
    exportedSpans: traceExport?.exported ?? 0,
    drops: { ...spans.drops, ...traceExport?.drops },
    requestLines: logs.requestLines,
    undelivered,
    traces,
    metrics: counts,
    requestLine: isOn("requestLine"),
    exports: traceExport !== undefined,
  };
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
