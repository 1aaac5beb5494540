/** How much telemetry there is, from all of it to none. Each step takes away what those before it took, and more. */
export const governorSteps = ["full", "children", "ratio", "roots", "metrics", "off"] as const;

/**
 * `children`: no spans of the framework's steps, and at most 20 spans a request. `ratio`: a smaller share of the requests is sampled. `roots`: one
 * span a request, and few are kept. `metrics`: no traces, and log lines of failures alone; requests are still counted, each of them. `off`: requests
 * are only counted, all as one.
 */
export type GovernorStep = (typeof governorSteps)[number];

/** Why there is less telemetry. `overhead`: its own share of the CPU. `load`, `throttling`: the process is busy, or held up. `memory`: what telemetry holds. */
export type GovernorCause = "overhead" | "load" | "throttling" | "memory" | "manual" | "calm";

/** What holds for requests that begin now. */
export interface Restraint {
  readonly step: GovernorStep;
  /** By what ratios are multiplied; 1 but for the step `ratio` and those behind it. */
  readonly ratioFactor: number;
  /** What ratios are at most. */
  readonly maxRatio: number;
}

export const unrestrained: Restraint = Object.freeze({ step: "full", ratioFactor: 1, maxRatio: 1 });

/** Whether a step is reached by another one. */
export function reachesStep(step: GovernorStep, wanted: GovernorStep): boolean {
  return governorSteps.indexOf(step) >= governorSteps.indexOf(wanted);
}

/** What becomes of a ratio: one that is below the least already stays as it is. */
export function restrainedRatio(
  ratio: number,
  { ratioFactor, maxRatio }: Pick<Restraint, "ratioFactor" | "maxRatio">,
  minRatio: number,
): number {
  return Math.max(Math.min(ratio, minRatio), Math.min(ratio * ratioFactor, maxRatio));
}
