import type { Decision } from "../../model/sampling/decision.ts";
import { alwaysOn } from "./always.ts";
import * as checks from "../../model/checks/checks.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";
import { DecisionVariants } from "../threshold/decision-variants.ts";
import { type FactsSource, readSource, sourcesCheck } from "./facts-source.ts";
import { keyPlace } from "./key-place.ts";
import type { Sampler, SamplerLike, SamplingFacts } from "../../model/sampling/sampler.ts";
import { samplerCheck } from "../../model/sampling/sampler-check.ts";
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

const rolloutChecks: MemberChecks<RolloutOptions> = {
  ratio: checks.number(0, 1),
  key: checks.either(checks.callable(), sourcesCheck),
  salt: checks.shortText(1_000),
  sampler: samplerCheck,
};

const outside: Decision = Object.freeze({ sampled: false, reason: "rollout" });

/**
 * Whether a key is inside: the same answer always and everywhere; a greater ratio never takes a key out again. Never throws, as it is asked for each
 * request: what is no key is outside, and so is every key where the ratio is none.
 */
export function isInRollout(key: string | undefined, ratio: number, salt?: string): boolean {
  return typeof key === "string" && key !== "" && keyPlace(key, salt ?? "") < ratio;
}

/**
 * Samples a share of the users or tenants, all of their requests alike.
 *
 * Its decisions carry no threshold: a key, not R, decided.
 *
 * @throws OptionError for a wrong value or an unknown name.
 */
export function rollout(options: RolloutOptions): Sampler {
  const given = readOptions(options, "rollout", rolloutChecks, ["key"]);
  const { ratio = 0.01, salt = "", sampler = alwaysOn() } = given;
  const key = given.key as Exclude<RolloutOptions["key"], FactsSource>;
  const sources = typeof key === "function" ? [] : key;
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
