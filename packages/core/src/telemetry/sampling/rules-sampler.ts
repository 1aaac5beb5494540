import { methodNames } from "../../limits/methods.ts";
import type { Sampler, SamplerLike } from "../../model/sampling/sampler.ts";
import type { SamplingRule } from "../../model/sampling/sampling-rule.ts";
import { ruleList } from "../../options/validate/rule-list.ts";
import { alwaysOff } from "../../sampling/samplers/always.ts";
import { RulesSampler } from "../../sampling/rules/rules.ts";
import { toSampler } from "../../sampling/samplers/to-sampler.ts";
import { compileRules } from "./compile-rules.part.ts";

const noKeeps = { errors: 0, aborted: 0, slow: 0, slowerThanMs: Number.POSITIVE_INFINITY };

/**
 * A list of rules as a sampler, to be put into others or used in another SDK: ratio, sampler, cap and floor of the first rule that matches.
 *
 * What a rule says beyond sampling (keep, lane, metrics, stream, names, attributes) needs the engine's option `rules`, and `ignoreParent` has an
 * effect only where this sampler is asked at all.
 *
 * @param otherwise decides where no rule matches. @default nothing is sampled
 * @throws OptionError that names the rule.
 */
export function rules(list: readonly SamplingRule[], otherwise: SamplerLike = alwaysOff()): Sampler {
  const checked = ruleList.validate(list, "rules");
  return new RulesSampler(
    compileRules("rules", checked, { methods: methodNames, keep: noKeeps }),
    toSampler(otherwise, "otherwise"),
  );
}
