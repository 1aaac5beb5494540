import type { Decision } from "../../model/sampling/decision.ts";
import { wrongType } from "./check-number.ts";
import type { Sampler, SamplerLike } from "../../model/sampling/sampler.ts";

const yes: Decision = Object.freeze({ sampled: true, reason: "custom" });
const no: Decision = Object.freeze({ sampled: false, reason: "custom" });

/** Any accepted form as a sampler. A function's `true` and `false` get the reason `custom`. Throws a TypeError for what could not decide. */
export function toSampler(like: SamplerLike): Sampler {
  if (typeof (like as Sampler | null | undefined)?.decide === "function") return like as Sampler;
  if (typeof like !== "function") throw wrongType("A sampler is a function or has decide().");
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
