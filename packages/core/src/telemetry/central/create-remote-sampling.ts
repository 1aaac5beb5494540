import type { RemoteSamplingSettings } from "../../options/declare/sampling-checks.ts";
import { startTimer } from "../../pipeline/time/timers.ts";
import { strategyAsker } from "./ask-strategy.ts";
import { type FollowParts, followStrategy } from "./follow-strategy.ts";
import { RemoteSampling, type RemoteSamplingParts } from "./remote-sampling.ts";

export interface AskedForParts
  extends FollowParts, Pick<RemoteSamplingParts, "diagnostics" | "faults" | "now" | "random"> {
  /** What the endpoint knows this service by. */
  readonly service: string;
}

/** What asks an endpoint, and puts what it says in force. */
export function createRemoteSampling(settings: RemoteSamplingSettings, parts: AskedForParts): RemoteSampling {
  return new RemoteSampling({
    ...parts,
    settings,
    ask: strategyAsker(settings, parts.service),
    follow: (strategy) => followStrategy(strategy, "remote", parts),
    startTimer,
  });
}
