import type { Decision } from "../../model/sampling/decision.ts";
import { checkNumber } from "./check-number.ts";
import { checkRest } from "./check-rest.ts";
import type { Sampler } from "../../model/sampling/sampler.ts";
import { TokenBucket } from "../threshold/token-bucket.ts";

export interface RateLimitOptions {
  /** Traces a second. */
  readonly perSecond: number;
  /** At most so many at once after a silence. @default one second's worth, and at least 1 */
  readonly burst?: number;
}

const yes: Decision = Object.freeze({ sampled: true, reason: "rate-limit" });
const no: Decision = Object.freeze({ sampled: false, reason: "rate-limit" });

/**
 * Samples the first requests that come, never more than `perSecond` × t + `burst` in any time t.
 *
 * A hard bound, and nothing else: who comes first is no fair share, so its decisions carry no threshold and nothing can be estimated from them. Use
 * `adaptive` where counts matter.
 *
 * @throws TypeError, RangeError for values that are none.
 */
export function rateLimit(options: RateLimitOptions): Sampler {
  const { perSecond, burst, ...rest } = options ?? {};
  checkRest("rateLimit", options, rest);
  checkNumber("perSecond", perSecond, 0);
  if (burst !== undefined) checkNumber("burst", burst, 0);
  const bucket = new TokenBucket(perSecond, burst);
  return {
    description: `RateLimit{${perSecond}/s}`,
    decide: (facts) => (bucket.take(1, facts.startMs) ? yes : no),
    chance: (facts) => (bucket.left(facts.startMs) >= 1 ? 1 : 0),
  };
}
