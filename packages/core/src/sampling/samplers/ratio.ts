import { number } from "../../model/checks/checks.ts";
import type { Decision, DecisionReason } from "../../model/sampling/decision.ts";
import type { Sampler, SamplingFacts } from "../../model/sampling/sampler.ts";
import { reaches, thresholdOf } from "../threshold/threshold.ts";

const shareCheck = number(0, 1);

/** How the decisions of a ratio are labelled. */
export interface RatioLabels {
  readonly reason: DecisionReason;
  readonly rule?: string | undefined;
}

/**
 * Samples a share of the traces, from 0 to 1, by one threshold on R.
 *
 * Same R, same answer, in every process that decides this way; a trace that a smaller ratio samples, a greater one samples too. Says the
 * threshold, so that a backend can tell how many traces a sampled one stands for (OpenTelemetry probability sampling).
 *
 * @param reason what its decisions give as their reason. @default "ratio"
 * @throws OptionError for anything but a number from 0 to 1.
 */
export function ratio(share: number, reason: DecisionReason = "ratio"): Sampler {
  return labelledRatio(share, { reason });
}

/** The same, with the rule on its decisions. */
export function labelledRatio(share: number, labels: RatioLabels): Sampler {
  const threshold = thresholdOf(shareCheck.validate(share, "ratio"));
  const no: Decision = Object.freeze({ ...labels, sampled: false, ratio: share });
  const description = `Ratio{${share}}`;
  const chance = (): number => share;
  if (threshold === undefined) return { description, decide: () => no, chance };
  const yes: Decision = Object.freeze({ ...labels, sampled: true, ratio: share, threshold: threshold.text });
  return {
    description,
    decide: (facts: SamplingFacts) => (reaches(facts.randomHigh, facts.randomLow, threshold) ? yes : no),
    chance,
  };
}
