import type { Decision } from "../../model/sampling/decision.ts";
import type { Sampler, SamplingFacts } from "../../model/sampling/sampler.ts";

/** Decides on child spans, given that their trace is sampled. */
export interface ChildSampling {
  /** The decision on a span `depth` spans below the root of this process, 1 for its children. */
  decideChild(root: Decision, facts: Pick<SamplingFacts, "randomHigh" | "randomLow">, depth: number): Decision;
}

const known = new WeakMap<Sampler, ChildSampling>();

/** Notes, of a sampler of ours, that it decides on child spans too. */
export function decidesOnChildren(sampler: Sampler & ChildSampling): void {
  known.set(sampler, sampler);
}

/** The same sampler, where it decides on child spans too. A user's function of that name is none. */
export function childSampling(sampler: Sampler): ChildSampling | undefined {
  return known.get(sampler);
}
