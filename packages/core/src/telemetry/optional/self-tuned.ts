import type { CostMeter } from "../../governor/cost-meter.ts";
import type { OverheadReport } from "../../governor/governor.ts";
import type { RequestLog } from "../../logging/request-log.ts";
import type { Metrics } from "../../metrics/metrics.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { GovernorFacts } from "../../model/governor/governor-facts.ts";
import type { OverheadSettings } from "../../options/settle/overhead-settings.ts";
import type { PipelineTuning } from "../../pipeline/export-pipeline.ts";
import type { Tally } from "../../tally/tally.ts";
import type { LiveSampling } from "../sampling/live-sampling.ts";

/** The way of spans, as far as it can be tuned. */
export interface TunedPipeline {
  readonly ownBytes: number;
  readonly exporterCount: number;
  readonly look: { readonly use: number; readonly dropped: number };
  tune(tuning: PipelineTuning): void;
}

export interface SelfTuningParts {
  readonly rooms: {
    readonly exports: { readonly traces: TunedPipeline | undefined };
    readonly sampling: LiveSampling;
    readonly metrics: Metrics;
    readonly requestLog: RequestLog;
    readonly faults: Tally;
  };
  readonly meter: CostMeter;
  readonly processCpuMs: () => number;
  /** Whether the governor holds nothing back. */
  readonly isFree: () => boolean;
  /** Lets the governor's restraint hold anew, with the ratio as it is tuned now. */
  readonly restrain: () => void;
  readonly diagnostics: Diagnostics;
}

/** What telemetry tries out by itself, as others see it. */
export interface SelfTuned {
  /** Undefined: as the options say. */
  readonly gzipLevel: number | undefined;
  /** By what sampling ratios are multiplied. */
  readonly ratio: number;
  looked(facts: GovernorFacts): void;
  exported(durationMs: number): void;
  /** What is held back changes. */
  interrupt(): void;
  report(): Pick<OverheadReport, "optimizer" | "proven">;
  end(): void;
}

/** Where it tries out nothing. */
export const untuned: SelfTuned = Object.freeze({
  gzipLevel: undefined,
  ratio: 1,
  looked() {},
  exported() {},
  interrupt() {},
  report: () => ({ optimizer: undefined, proven: undefined }),
  end() {},
});

/** Whether the options ask for any of it. */
export function asksForTuning({ optimize, trial }: OverheadSettings): boolean {
  const { batching, sampling, resources, rules } = optimize;
  return batching || sampling || resources || rules.length > 0 || trial !== false;
}
