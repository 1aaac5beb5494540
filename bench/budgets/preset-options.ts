import type { TelemetryOptions } from "@gossamer/core";
import type { BudgetRow } from "./budget-table.ts";

/** The options that a row stands for. */
export function optionsOf(row: BudgetRow): TelemetryOptions {
  if (row === "no preset") return {};
  return row === "full" ? { sampleRatio: 1, attributeSet: "full" } : { preset: row };
}

/** The same with every trace sampled and nothing in its way, to a collector: for what a span costs, and what it weighs while it waits. */
export function sampledOptionsOf(row: BudgetRow): TelemetryOptions {
  return {
    ...optionsOf(row),
    exporter: "otlp",
    sampleRatio: 1,
    maxSpansPerSecond: 10_000_000,
    maxTracesPerSecond: 10_000_000,
    queue: { maxSpans: 40_000, maxBytes: 64 * 1024 * 1024 },
    maxMemoryBytes: 268_435_456,
  };
}
