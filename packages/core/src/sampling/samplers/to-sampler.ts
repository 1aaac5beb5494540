import type { Decision } from "../../model/sampling/decision.ts";
import { samplerCheck } from "../../model/sampling/sampler-check.ts";
import type { Sampler, SamplerLike } from "../../model/sampling/sampler.ts";

const yes: Decision = Object.freeze({ sampled: true, reason: "custom" });
const no: Decision = Object.freeze({ sampled: false, reason: "custom" });

/**
 * Any accepted form as a sampler. A function's `true` and `false` get the reason `custom`. Throws an `OptionError` for what could not decide.
 *
 * @param option what its user calls it
 */
export function toSampler(like: SamplerLike, option: string = "sampler"): Sampler {
  samplerCheck.validate(like, option);
  if (typeof like !== "function" || "decide" in like) return like as Sampler;
  return {
    description: like.name === "" ? "Custom" : `Custom{${like.name}}`,
    decide(facts) {
      const answer = like(facts);
      if (answer === true) return yes;
      if (answer === false) return no;
      return answer;
    },
  };
}
