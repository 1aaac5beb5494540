import type { Decision } from "../../model/sampling/decision.ts";
import { alwaysOn } from "./always.ts";
import { checkNumber, wrongType } from "./check-number.ts";
import { checkRest } from "./check-rest.ts";
import { DecisionVariants } from "../threshold/decision-variants.ts";
import { checkSources, type FactsSource, readSource } from "./facts-source.ts";
import { keyPlace } from "./key-place.ts";
import type { Sampler, SamplerLike, SamplingFacts } from "../../model/sampling/sampler.ts";
import { toSampler } from "./to-sampler.ts";

export interface RolloutOptions {
  /** The share of the keys that are inside, from 0 to 1. @default 0.01 */
  readonly ratio?: number;
  /** What the rollout goes by, a user or tenant: where it is found, or a function that tells it. Without a key a request is outside. */
  readonly key: FactsSource | readonly FactsSource[] | ((facts: SamplingFacts) => string | undefined);
  /** Tells rollouts apart, so that not the same users are first in each. @default "" */
  readonly salt?: string;
  /** Decides for those inside. @default all are sampled */
  readonly sampler?: SamplerLike;
}

const outside: Decision = Object.freeze({ sampled: false, reason: "rollout" });

/** Whether a key is inside: the same answer always and everywhere; a greater ratio never takes a key out again. */
export function isInRollout(key: string | undefined, ratio: number, salt: string): boolean {
  return key !== undefined && key !== "" && keyPlace(key, salt) < ratio;
}

/**
 * Samples a share of the users or tenants, all of their requests alike.
 *
 * Its decisions carry no threshold: a key, not R, decided.
 *
 * @throws TypeError, RangeError for values that are none.
 */
export function rollout(options: RolloutOptions): Sampler {
  const { ratio = 0.01, key, salt = "", sampler = alwaysOn(), ...rest } = options ?? {};
  checkRest("rollout", options, rest);
  checkNumber("ratio", ratio, 0, 1);
  if (typeof salt !== "string") throw wrongType(`salt must be a string, got '${String(salt)}'.`);
  const sources = typeof key === "function" ? [] : checkSources("key", key);
  const keyOf = typeof key === "function" ? key : (facts: SamplingFacts) => readSource(sources, facts);
  const inner = toSampler(sampler);
  const inside = new DecisionVariants((decision) => ({
    ...decision,
    reason: decision.reason === "always-on" ? "rollout" : decision.reason,
    threshold: undefined,
  }));
  return {
    description: `Rollout{${ratio},${inner.description}}`,
    usesRoute: inner.usesRoute === true || sources.some((source) => "routeOption" in source),
    decide: (facts) => (isInRollout(keyOf(facts), ratio, salt) ? inside.of(inner.decide(facts)) : outside),
    chance: (facts) => (isInRollout(keyOf(facts), ratio, salt) ? inner.chance?.(facts) : 0),
  };
}
