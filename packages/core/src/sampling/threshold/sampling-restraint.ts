import { type Restraint, reachesStep, restrainedRatio } from "../../model/governor/governor-steps.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import type { SamplingFacts } from "../../model/sampling/sampler.ts";
import { RatioLadder, type Rung } from "./ratio-ladder.ts";
import { reaches, shareOf, type Threshold, thresholdOf } from "./threshold.ts";

/** Lowered decisions that are remembered; samplers share theirs, so there are few. */
const maxKnown = 4_096;

/**
 * Lowers ratios while there is less telemetry: by R, so that the threshold that is told stays the one that decided, and counts estimated from thresholds
 * stay unbiased. Of a decision without a threshold a share is taken, and none is told.
 */
export class SamplingRestraint {
  /** Whether nothing is traced. */
  readonly isTotal: boolean;
  /** Whether requests are not observed at all. */
  readonly isOff: boolean;
  readonly #restraint: Restraint;
  readonly #minRatio: number;
  readonly #factor: Threshold | undefined;
  #rungs = new Map<Decision, Rung>();

  constructor(restraint: Restraint, minRatio: number) {
    this.#restraint = restraint;
    this.#minRatio = minRatio;
    this.isTotal = reachesStep(restraint.step, "metrics");
    this.isOff = reachesStep(restraint.step, "off");
    this.#factor = thresholdOf(this.ratioOf(1));
  }

  /** What becomes of a ratio. */
  ratioOf(ratio: number): number {
    return this.isTotal ? 0 : restrainedRatio(ratio, this.#restraint, this.#minRatio);
  }

  lower(decision: Decision, facts: SamplingFacts): Decision {
    const rung = this.#rungOf(decision);
    const { threshold } = rung;
    return threshold !== undefined && reaches(facts.randomHigh, facts.randomLow, threshold) ? rung.yes : rung.no;
  }

  #rungOf(decision: Decision): Rung {
    const known = this.#rungs.get(decision);
    if (known !== undefined) return known;
    if (this.#rungs.size >= maxKnown) this.#rungs = new Map();
    const rung = this.#make(decision);
    this.#rungs.set(decision, rung);
    return rung;
  }

  #make(decision: Decision): Rung {
    const yes: Decision = { ...decision, reason: "restrained" };
    if (decision.threshold === undefined) {
      const threshold = this.#factor;
      return { ratio: 1, share: 1, threshold, yes: Object.freeze(yes), no: Object.freeze({ ...yes, sampled: false }) };
    }
    const top = shareOf(decision.threshold);
    const ratio = this.ratioOf(top);
    if (ratio >= top) {
      const threshold = thresholdOf(1);
      return { ratio: top, share: top, threshold, yes: decision, no: decision };
    }
    return new RatioLadder(top, ratio, yes).at(0);
  }
}
