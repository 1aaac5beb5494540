import type { Decision } from "../../model/sampling/decision.ts";
import { either, number } from "../../model/checks/checks.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";
import { type ChildSampling, decidesOnChildren } from "./child-sampling.ts";
import { labelledRatio, ratio } from "./ratio.ts";
import type { Sampler, SamplerLike, SamplingFacts } from "../../model/sampling/sampler.ts";
import { samplerCheck } from "../../model/sampling/sampler-check.ts";
import { toSampler } from "./to-sampler.ts";
import { shareOf } from "../threshold/threshold.ts";

export interface TieredOptions {
  /** Decides for roots: a ratio or any sampler. @default 0.1 */
  readonly root?: number | SamplerLike;
  /** Of the traces that are sampled, the share whose child spans are recorded. @default 0.01 */
  readonly child?: number;
  /** Of the traces whose child spans are recorded, the share whose deep spans are too. @default 0.001 */
  readonly deep?: number;
  /** From how many spans above it in this process a span is deep. @default 5 */
  readonly minDepth?: number;
}

const tieredChecks: MemberChecks<TieredOptions> = {
  root: either(number(0, 1), samplerCheck),
  child: number(0, 1),
  deep: number(0, 1),
  minDepth: number(2),
};

/** What a tier decides below one decision. */
interface Tiers {
  readonly child: Sampler;
  readonly deep: Sampler;
}

/**
 * Samples roots, their children and what is deep below by ratios of their own, each given that what is above is kept.
 *
 * All tiers look at the same R: a tier's threshold stands for the product of the ratios down to it. So a span is never kept without the spans
 * above it, a trace has all of a tier or nothing of it, and each span carries the threshold it was chosen by.
 */
export class TieredSampler implements Sampler, ChildSampling {
  readonly description: string;
  readonly usesRoute: boolean;
  readonly #root: Sampler;
  readonly #child: number;
  readonly #deep: number;
  readonly #minDepth: number;
  readonly #tiers = new WeakMap<Decision, Tiers>();
  /** For what an OpenTelemetry SDK asks, by the parent's threshold. */
  readonly #byThreshold = new Map<string, Tiers>();

  constructor(options: TieredOptions) {
    const { root = 0.1, child = 0.01, deep = 0.001, minDepth = 5 } = readOptions(options, "tiered", tieredChecks);
    this.#root = typeof root === "number" ? ratio(root, "tiered") : toSampler(root);
    this.#child = child;
    this.#deep = deep;
    this.#minDepth = minDepth;
    this.usesRoute = this.#root.usesRoute === true;
    this.description = `Tiered{root=${this.#root.description},child=${child},deep=${deep},minDepth=${minDepth}}`;
    decidesOnChildren(this);
  }

  decide(facts: SamplingFacts): Decision {
    const { parent, depth = 0 } = facts;
    if (parent === undefined || parent.remote || depth === 0) return this.#root.decide(facts);
    return parent.sampled ? this.#decideBelow(parent.threshold, facts, depth) : unsampledParent;
  }

  decideChild(root: Decision, facts: Pick<SamplingFacts, "randomHigh" | "randomLow">, depth: number): Decision {
    if (root.reason === "ticket") return root;
    let tiers = this.#tiers.get(root);
    if (tiers === undefined) {
      tiers = this.#below(root.threshold === undefined ? 1 : shareOf(root.threshold), root.threshold !== undefined);
      this.#tiers.set(root, tiers);
    }
    return (depth >= this.#minDepth ? tiers.deep : tiers.child).decide(facts as SamplingFacts);
  }

  chance(facts: SamplingFacts): number | undefined {
    return this.#root.chance?.(facts);
  }

  /** The parent may be of the same tier: then what it passed, its child passes too. */
  #decideBelow(threshold: string | undefined, facts: SamplingFacts, depth: number): Decision {
    const isDeep = depth >= this.#minDepth;
    if (depth > 1 && isDeep === depth - 1 >= this.#minDepth) return sameTier(threshold);
    const key = `${isDeep ? "deep" : "child"} ${threshold ?? ""}`;
    let tiers = this.#byThreshold.get(key);
    if (tiers === undefined) {
      const above = threshold === undefined ? 1 : shareOf(threshold);
      tiers = this.#below(isDeep && this.#child > 0 ? above / this.#child : above, threshold !== undefined);
      if (this.#byThreshold.size < maxKnownThresholds) this.#byThreshold.set(key, tiers);
    }
    return (isDeep ? tiers.deep : tiers.child).decide(facts);
  }

  /** What follows below a decision that stands for a share of all R. Where the root was not chosen by R, neither is a threshold told below. */
  #below(share: number, isEstimated: boolean): Tiers {
    const tier = (part: number): Sampler => {
      const sampler = labelledRatio(Math.min(1, share * part), { reason: "tiered" });
      return isEstimated ? sampler : untold(sampler);
    };
    return { child: tier(this.#child), deep: tier(this.#child * this.#deep) };
  }
}

const maxKnownThresholds = 64;
const unsampledParent: Decision = Object.freeze({ sampled: false, reason: "parent" });
const inTier = new Map<string, Decision>();

function sameTier(threshold: string | undefined): Decision {
  const key = threshold ?? "";
  const known = inTier.get(key);
  if (known !== undefined) return known;
  const decision: Decision = Object.freeze({ sampled: true, reason: "tiered", threshold });
  if (inTier.size < maxKnownThresholds) inTier.set(key, decision);
  return decision;
}

function untold(sampler: Sampler): Sampler {
  const yes: Decision = Object.freeze({ sampled: true, reason: "tiered" });
  return {
    description: sampler.description,
    decide(facts) {
      const decision = sampler.decide(facts);
      return decision.sampled ? yes : decision;
    },
  };
}

/** A sampler by tiers; see {@link TieredSampler}. */
export function tiered(options: TieredOptions = {}): TieredSampler {
  return new TieredSampler(options);
}
