import { type Configuration, namedConfigurations } from "./configuration.ts";
import { measureSettings, type MeasureOptions } from "./measure-options.ts";
import { configurationsReport } from "./report/configurations-report.ts";
import type { ConfigurationsReport } from "./report/report.ts";
import { runMeasurement } from "./run-measurement.ts";
import type { WorkloadSource } from "./workload.ts";

/**
 * Measures the same workload under several configurations, all of them in turns, and ranks them by the CPU they add. Those that cannot be told apart
 * share a rank.
 *
 * Rejects as `measureOverhead` does. With the defaults a module takes some forty seconds a configuration, and as much for the bare
 * workload and its control each.
 */
export async function benchmarkConfigurations(
  configurations: readonly Configuration[],
  workload: WorkloadSource,
  options: MeasureOptions = {},
): Promise<ConfigurationsReport> {
  const settings = measureSettings(options, [], { slices: 10 });
  const setups = namedConfigurations(configurations).map((configuration) => ({ ...configuration, switches: {} }));
  return configurationsReport(await runMeasurement({ workload, settings, setups }));
}
