import type { Decision } from "../../model/sampling/decision.ts";
import { RatioLadder } from "./ratio-ladder.ts";
import type { SamplingFacts } from "../../model/sampling/sampler.ts";
import { reaches, shareOf } from "./threshold.ts";

export interface CapSettings {
  readonly perSecond: number;
  /** What may be sampled at once after a silence. At least 4, so that what is left never runs out in one step; none where the rate is 0. */
  readonly burst: number;
  /** Ratios are not lowered below this. @default 0 */
  readonly minRatio?: number | undefined;
}

const minBurst = 4;

/**
 * Keeps what is sampled under a rate by lowering the threshold, so that counts estimated from thresholds stay unbiased.
 *
 * What may still be sampled is an allowance that fills with time. As it goes below half, the share of R that is still sampled goes down with it; a
 * request spends the chance it had, not what came of it. So the expected number sampled in any time t is at most `perSecond` × t + `burst`, the
 * share answers a change of traffic at once, and it never depends on the R it is compared with. A decision without a threshold is bounded too, by
 * refusing it.
 */
export class Cap {
  readonly #perMs: number;
  readonly #burst: number;
  readonly #half: number;
  readonly #minRatio: number;
  readonly #ladders = new WeakMap<Decision, RatioLadder>();
  readonly #refusals = new WeakMap<Decision, Decision>();
  #left: number;
  #filledAt: number | undefined = undefined;

  constructor({ perSecond, burst, minRatio = 0 }: CapSettings) {
    this.#perMs = perSecond / 1_000;
    this.#burst = perSecond === 0 ? 0 : Math.max(minBurst, burst);
    this.#half = this.#burst / 2;
    this.#minRatio = minRatio;
    this.#left = this.#burst;
  }

  /** The decision to sample, lowered to what the cap allows. */
  lower(decision: Decision, facts: SamplingFacts): Decision {
    if (this.#burst === 0 && this.#minRatio === 0) return this.#refusal(decision);
    this.#fill(facts.startMs);
    if (decision.threshold === undefined) return this.#refuseUnlessLeft(decision);
    const share = this.#shareOf(this.#left);
    if (share >= 1) {
      this.#left -= 1;
      return decision;
    }
    let ladder = this.#ladders.get(decision);
    if (ladder === undefined) {
      ladder = new RatioLadder(shareOf(decision.threshold), this.#minRatio, decision);
      this.#ladders.set(decision, ladder);
    }
    const rung = ladder.at(share);
    this.#left = Math.max(0, this.#left - rung.share / ladder.top);
    return rung.threshold !== undefined && reaches(facts.randomHigh, facts.randomLow, rung.threshold)
      ? rung.yes
      : rung.no;
  }

  /** The share of what is asked for that it lets through now. */
  share(nowMs: number): number {
    const since = this.#filledAt === undefined ? 0 : Math.max(0, nowMs - this.#filledAt);
    return this.#shareOf(Math.min(this.#burst, this.#left + since * this.#perMs));
  }

  #shareOf(left: number): number {
    return this.#half === 0 ? 0 : Math.min(1, left / this.#half);
  }

  #fill(nowMs: number): void {
    const before = this.#filledAt;
    if (before !== undefined && nowMs > before) {
      this.#left = Math.min(this.#burst, this.#left + (nowMs - before) * this.#perMs);
    }
    if (before === undefined || nowMs > before) this.#filledAt = nowMs;
  }

  #refuseUnlessLeft(decision: Decision): Decision {
    if (this.#left >= 1) {
      this.#left -= 1;
      return decision;
    }
    return this.#refusal(decision);
  }

  #refusal(decision: Decision): Decision {
    let refusal = this.#refusals.get(decision);
    if (refusal === undefined) {
      refusal = Object.freeze({
        ...decision,
        sampled: false,
        reason: "cap",
        threshold: undefined,
        ...(decision.ratio === undefined ? {} : { ratio: 0 }),
      });
      this.#refusals.set(decision, refusal);
    }
    return refusal;
  }
}
