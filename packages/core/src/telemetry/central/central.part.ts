import type { Diagnostics } from "../../model/diagnostics.ts";
import type { RemoteSamplingSettings } from "../../options/declare/sampling-checks.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";
import { startTimer } from "../../pipeline/time/timers.ts";
import { strategyAsker } from "./ask-strategy.ts";
import { type CentralSampling, centralSampling, maxOperations } from "./central-sampling.ts";
import { StrategyError } from "./message-members.ts";
import { RemoteSampling, type RemoteSamplingParts } from "./remote-sampling.ts";
import { readStrategyFile } from "./strategy-file.ts";
import type { Strategy } from "./strategy.ts";

/** What follows a central place. */
export interface FollowParts {
  readonly sampling: { follow(central: CentralSampling, by: "remote" | "file"): void };
  /** What the place knows this service by. */
  readonly service: string;
  /** Whether a name of an operation says which requests it is for. */
  readonly isRequest: (operation: string) => boolean;
  readonly diagnostics: Diagnostics;
}

/** What asks an endpoint, and puts what it says in force. */
export function remoteSampling(
  settings: RemoteSamplingSettings,
  parts: FollowParts & Pick<RemoteSamplingParts, "faults" | "now" | "random">,
): RemoteSampling {
  return new RemoteSampling({
    ...parts,
    settings,
    ask: strategyAsker(settings, parts.service),
    follow: (strategy) => follow(strategy, "remote", parts),
    startTimer,
  });
}

/** Puts in force what a strategy file says of this service. Throws an `OptionError` for what is wrong in it. */
export function followStrategyFile(content: unknown, parts: FollowParts): void {
  follow(strategyOf(content, parts.service), "file", parts);
}

function strategyOf(content: unknown, service: string): Strategy {
  try {
    return readStrategyFile(content, service);
  } catch (error) {
    if (!(error instanceof StrategyError)) throw error;
    throw new OptionError("samplingFile", error.message, { code: "GSM_OPTION_FILE" });
  }
}

/** Says which operations are left out, and why. */
function follow(strategy: Strategy, by: "remote" | "file", { sampling, isRequest, diagnostics }: FollowParts): void {
  const central = centralSampling(strategy, isRequest);
  sampling.follow(central, by);
  const { noRequests, beyond } = central;
  const reasons = [
    ...leftOut(noRequests, "none of a method and a route template, such as GET /users/:id"),
    ...leftOut(beyond, `no more than ${maxOperations} are taken`),
  ];
  if (reasons.length === 0) return;
  diagnostics.info(`of what is sampled by operation, ${reasons.join("; ")}`, "GSM_OPERATIONS_LEFT_OUT");
}

function leftOut([first, ...others]: readonly string[], reason: string): string[] {
  if (first === undefined) return [];
  const more = others.length === 0 ? " is" : ` and ${others.length} more are`;
  return [`${quoteValue(first)}${more} left out: ${reason}`];
}
