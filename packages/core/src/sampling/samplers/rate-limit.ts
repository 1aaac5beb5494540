import type { Decision } from "../../model/sampling/decision.ts";
import * as checks from "../../model/checks/checks.ts";
import { type MemberChecks, readOptions } from "../../model/checks/read-members.ts";
import type { Sampler } from "../../model/sampling/sampler.ts";
import { TokenBucket } from "../threshold/token-bucket.ts";

export interface RateLimitOptions {
  /** Traces a second. */
  readonly perSecond: number;
  /** At most so many at once after a silence. @default one second's worth, and at least 1 */
  readonly burst?: number;
}

const rateLimitChecks: MemberChecks<RateLimitOptions> = {
  perSecond: checks.number(0),
  burst: checks.number(0),
};

const yes: Decision = Object.freeze({ sampled: true, reason: "rate-limit" });
const no: Decision = Object.freeze({ sampled: false, reason: "rate-limit" });

/**
 * Samples the first requests that come, never more than `perSecond` × t + `burst` in any time t.
 *
 * A hard bound, and nothing else: who comes first is no fair share, so its decisions carry no threshold and nothing can be estimated from them. Use
 * `adaptive` where counts matter.
 *
 * @throws OptionError for a wrong value or an unknown name.
 */
export function rateLimit(options: RateLimitOptions): Sampler {
  const { perSecond, burst } = readOptions(options, "rateLimit", rateLimitChecks, ["perSecond"]);
  const bucket = new TokenBucket(perSecond, burst);
  return {
    description: `RateLimit{${perSecond}/s}`,
    decide: (facts) => (bucket.take(1, facts.startMs) ? yes : no),
    chance: (facts) => (bucket.left(facts.startMs) >= 1 ? 1 : 0),
  };
}
