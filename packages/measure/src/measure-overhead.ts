import type { PresetName, TelemetryOptions } from "@gossamer/core";
import { checkOptions } from "./configuration.ts";
import { measureSettings, type MeasureOptions, wrongOption } from "./measure-options.ts";
import { overheadReport } from "./report/overhead-report.ts";
import type { OverheadReport } from "./report/report.ts";
import { runMeasurement } from "./run-measurement.ts";
import { type PartStep, partSteps } from "./subject/part-steps.ts";
import type { WorkloadSource } from "./workload.ts";

/** How the overhead of one configuration is measured. */
export interface OverheadOptions extends MeasureOptions {
  /** What is measured: options as for `createTelemetry`, or a preset. Exports go to a collector of the measurement's own unless an address is given in it. @default {} */
  readonly telemetry?: TelemetryOptions | PresetName;
  /** Whether the cost is split by part, which takes up to four more starts a round. @default true */
  readonly parts?: boolean;
}

/** What the rows of the whole telemetry are called. */
const observed = "telemetry";

/**
 * Measures what telemetry costs a workload: CPU, latencies and memory beside the bare workload, in turns, with an A/A control and 95 %
 * intervals, and split by part.
 *
 * Rejects with an `OptionError` for wrong options, those of the engine too, and with a `WorkloadError` for a workload that fails, answers
 * differently with telemetry, or pays no heed to what it is given. With the defaults a module takes some
 * four minutes; without `parts` half of it.
 */
export async function measureOverhead(
  workload: WorkloadSource,
  options: OverheadOptions = {},
): Promise<OverheadReport> {
  const settings = measureSettings(options, ["telemetry", "parts"]);
  const { telemetry = {}, parts = true } = options;
  if (typeof parts !== "boolean") throw wrongOption("parts", "true or false", parts);
  const given: TelemetryOptions = typeof telemetry === "string" ? { preset: telemetry } : telemetry;
  checkOptions("telemetry", given);
  let steps: readonly PartStep[] = [];
  const measured = await runMeasurement({
    workload,
    settings,
    setups: [{ name: observed, options: given, switches: {} }],
    besides(seen) {
      const byWhole = seen.get(observed);
      if (parts && byWhole !== undefined) steps = partSteps(byWhole, observed);
      return steps
        .filter(({ row }) => row !== observed)
        .map(({ row, switches }) => ({ name: row, options: given, switches }));
    },
  });
  return overheadReport({ ...measured, observed, steps });
}
