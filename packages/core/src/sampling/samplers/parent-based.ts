import type { Decision } from "../../model/sampling/decision.ts";
import type { SamplingParent, Sampler, SamplerLike, SamplingFacts } from "../../model/sampling/sampler.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";
import { samplerCheck } from "../../model/sampling/sampler-check.ts";
import { toSampler } from "./to-sampler.ts";
import { parseThreshold, reaches, type Threshold } from "../threshold/threshold.ts";

/** Who decides in each case. A branch that is left out follows the parent. */
export interface ParentBasedOptions {
  /** Decides for traces that begin here. */
  readonly root: SamplerLike;
  readonly remoteSampled?: SamplerLike | undefined;
  readonly remoteNotSampled?: SamplerLike | undefined;
  readonly localSampled?: SamplerLike | undefined;
  readonly localNotSampled?: SamplerLike | undefined;
}

const parentBasedChecks: MemberChecks<ParentBasedOptions> = {
  root: samplerCheck,
  remoteSampled: samplerCheck,
  remoteNotSampled: samplerCheck,
  localSampled: samplerCheck,
  localNotSampled: samplerCheck,
};

type Branches = { readonly [Name in keyof ParentBasedOptions]?: Sampler };

/** Known parent thresholds, so that the usual few callers cost no allocation. */
const maxKnownThresholds = 64;

const sampled: Decision = Object.freeze({ sampled: true, reason: "parent" });
const notSampled: Decision = Object.freeze({ sampled: false, reason: "parent" });

/**
 * Follows the parent where there is one, and asks `root` where there is none.
 *
 * Following a sampled parent passes its threshold on, unless R contradicts it: then nobody knows how many traces this one stands for.
 */
export class ParentBasedSampler implements Sampler {
  readonly description: string;
  readonly usesRoute: boolean;
  readonly root: Sampler;
  readonly #branches: Branches;
  readonly #passed = new Map<string, PassedThreshold>();

  constructor(options: ParentBasedOptions) {
    const given = readOptions(options, "parentBased", parentBasedChecks, ["root"]);
    this.root = toSampler(given.root);
    const named = Object.keys(parentBasedChecks).flatMap((name) => {
      const like = given[name as keyof ParentBasedOptions];
      return like === undefined ? [] : ([[name, name === "root" ? this.root : toSampler(like)]] as const);
    });
    this.#branches = Object.fromEntries(named);
    this.description = `ParentBased{${named.map(([name, { description }]) => `${name}=${description}`).join(",")}}`;
    this.usesRoute = named.some(([, { usesRoute }]) => usesRoute === true);
  }

  decide(facts: SamplingFacts): Decision {
    const { parent } = facts;
    if (parent === undefined) return this.root.decide(facts);
    const branch = this.branchOf(parent);
    if (branch !== undefined) return branch.decide(facts);
    if (!parent.sampled) return notSampled;
    return parent.threshold === undefined ? sampled : this.#pass(parent.threshold, facts);
  }

  chance(facts: SamplingFacts): number | undefined {
    const { parent } = facts;
    const branch = parent === undefined ? this.root : this.branchOf(parent);
    if (branch !== undefined) return branch.chance?.(facts);
    return parent?.sampled === true ? 1 : 0;
  }

  /** Who decides in place of such a parent; undefined where it is followed. */
  branchOf({ remote, sampled: isSampled }: SamplingParent): Sampler | undefined {
    const branches = this.#branches;
    if (remote) return isSampled ? branches.remoteSampled : branches.remoteNotSampled;
    return isSampled ? branches.localSampled : branches.localNotSampled;
  }

  #pass(text: string, facts: SamplingFacts): Decision {
    let passed = this.#passed.get(text);
    if (passed === undefined) {
      const threshold = parseThreshold(text);
      if (threshold === undefined) return sampled;
      passed = { threshold, decision: Object.freeze({ sampled: true, reason: "parent", threshold: text }) };
      if (this.#passed.size < maxKnownThresholds) this.#passed.set(text, passed);
    }
    return reaches(facts.randomHigh, facts.randomLow, passed.threshold) ? passed.decision : sampled;
  }
}

interface PassedThreshold {
  readonly threshold: Threshold;
  readonly decision: Decision;
}

/** How a default decides: one that says nothing of parents follows them. */
export function parentTree(sampler: Sampler): ParentBasedSampler {
  return sampler instanceof ParentBasedSampler ? sampler : new ParentBasedSampler({ root: sampler });
}

/** A sampler that follows the parent; see {@link ParentBasedSampler}. */
export function parentBased(options: ParentBasedOptions): ParentBasedSampler {
  return new ParentBasedSampler(options);
}
