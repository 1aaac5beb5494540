import type { Decision } from "../../model/sampling/decision.ts";
import type { Sampler, SamplerLike } from "../../model/sampling/sampler.ts";

const yes: Decision = Object.freeze({ sampled: true, reason: "custom" });
const no: Decision = Object.freeze({ sampled: false, reason: "custom" });

/** Any accepted form as a sampler. A function's `true` and `false` get the reason `custom`. */
export function toSampler(like: SamplerLike): Sampler {
  if (typeof like !== "function") return like;
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
