import * as checks from "../../model/checks/checks.ts";
import { checkOrder } from "../../model/checks/option-error.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import { Cap } from "../threshold/cap.ts";
import { ratio } from "./ratio.ts";
import type { Sampler, SamplingFacts } from "../../model/sampling/sampler.ts";

export interface AdaptiveOptions {
  /** Traces a second that are aimed at. @default 1000 */
  readonly targetPerSecond?: number;
  /** Never less than this share, whatever the target says. @default 0.01 */
  readonly minRatio?: number;
  /** Never more than this share. @default 1 */
  readonly maxRatio?: number;
  /** The stretch of time over which the target is held, in ms. Shorter follows traffic faster, longer moves the ratio less. @default 60000 */
  readonly adjustEveryMs?: number;
}

const adaptiveChecks: MemberChecks<AdaptiveOptions> = {
  targetPerSecond: checks.number(0),
  minRatio: checks.number(0, 1),
  maxRatio: checks.number(0, 1),
  adjustEveryMs: checks.number(1),
};

/** What may be unspent or overspent of a stretch's target. */
const tolerance = 0.2;

/**
 * Samples so many traces a second by moving one threshold: down as traffic grows, up as it falls.
 *
 * Over any `adjustEveryMs` the number expected lies within 20 % of the target, unless traffic × `maxRatio` is less or traffic × `minRatio` is more:
 * at most a fifth of a stretch's target is ever saved up, and each request spends of it the chance it had. The threshold in force is on the
 * decision, so that counts stay unbiased while it moves. The target is for this process alone.
 *
 * @throws OptionError for a wrong value or an unknown name.
 */
export function adaptive(options: AdaptiveOptions = {}): Sampler {
  const given = readOptions(options, "adaptive", adaptiveChecks);
  const { targetPerSecond = 1_000, minRatio = 0.01, maxRatio = 1, adjustEveryMs = 60_000 } = given;
  checkOrder("adaptive", { minRatio, maxRatio }, "minRatio", "maxRatio");
  const top = ratio(maxRatio, "adaptive");
  const cap = new Cap({
    perSecond: targetPerSecond,
    burst: (tolerance * targetPerSecond * adjustEveryMs) / 1_000,
    minRatio,
  });
  return {
    description: `Adaptive{${targetPerSecond}/s,${minRatio}..${maxRatio}}`,
    decide(facts: SamplingFacts): Decision {
      const decision = top.decide(facts);
      return decision.sampled ? cap.lower(decision, facts) : decision;
    },
    chance: (facts) => Math.max(minRatio, maxRatio * cap.share(facts.startMs)),
  };
}
