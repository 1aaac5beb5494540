export { benchmarkConfigurations } from "./benchmark-configurations.ts";
export { compareLoads } from "./load/compare-loads.ts";
export { measureLoad } from "./load/measure-load.ts";
export { measureOverhead, type OverheadOptions } from "./measure-overhead.ts";
export { toTable } from "./report/to-table.ts";

export type { BudgetVerdict, LoadBudgets, LoadChange, LoadComparison } from "./load/compare-loads.ts";
export type { LoadOptions, LoadSettings } from "./load/load-options.ts";
export type { BurstMeasure, LoadCell, LoadReport, LoadRound, ThreadsMeasure } from "./load/load-report.ts";
export type { Machine } from "./report/machine.ts";
export type { Configuration } from "./configuration.ts";
export type { MeasureOptions, MeasureSettings } from "./measure-options.ts";
export type {
  AnyReport,
  Circumstances,
  ConfigurationsReport,
  Difference,
  LatencySummary,
  OverheadReport,
  PartCost,
  RankedConfiguration,
  Summary,
} from "./report/report.ts";
export type { Latencies, RoundMeasure } from "./rounds/run-rounds.ts";
export type { Estimate } from "./statistics/bootstrap.ts";
export type { Verdict } from "./statistics/judge.ts";
export type {
  AnyWorkload,
  App,
  HttpWorkload,
  Task,
  TaskWorkload,
  Workload,
  WorkloadRequest,
  WorkloadSource,
} from "./workload.ts";
export { WorkloadError } from "./workload-error.ts";
export type { SeenByEngine } from "./subject/subject.ts";
