import type { Decision } from "../../model/sampling/decision.ts";
import type { RuleSet } from "./rule-set.ts";
import type { Sampler, SamplingFacts } from "../../model/sampling/sampler.ts";

/** Decides by the first rule that matches, and by the default where none does. */
export class RulesSampler implements Sampler {
  readonly description: string;
  readonly usesRoute: boolean;
  readonly #set: RuleSet;
  readonly #byDefault: Sampler;

  constructor(set: RuleSet, byDefault: Sampler) {
    this.#set = set;
    this.#byDefault = byDefault;
    this.description = `Rules{${set.rules.length},default=${byDefault.description}}`;
    this.usesRoute = set.usesRoute || byDefault.usesRoute === true;
  }

  decide(facts: SamplingFacts): Decision {
    return this.#set.match(facts)?.decide(facts, this.#byDefault) ?? this.#byDefault.decide(facts);
  }

  chance(facts: SamplingFacts): number | undefined {
    const cell = this.#set.match(facts);
    return cell === undefined ? this.#byDefault.chance?.(facts) : cell.rule.chance(facts, this.#byDefault);
  }
}
