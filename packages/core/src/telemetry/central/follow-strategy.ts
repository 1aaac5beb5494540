import type { Diagnostics } from "../../model/diagnostics.ts";
import { quoteValue } from "../../options/validate/quote-value.ts";
import { type CentralSampling, centralSampling } from "./central-sampling.ts";
import type { Strategy } from "./strategy.ts";

export interface FollowParts {
  readonly sampling: { follow(central: CentralSampling, by: "remote" | "file"): void };
  /** Known ones, `_OTHER` included. */
  readonly methods: readonly string[];
  readonly diagnostics: Diagnostics;
}

/** Puts a strategy in force, and says which of its operations are none of a server's requests. */
export function followStrategy(
  strategy: Strategy,
  by: "remote" | "file",
  { sampling, methods, diagnostics }: FollowParts,
): void {
  const central = centralSampling(strategy, methods);
  sampling.follow(central, by);
  const [first] = central.leftOut;
  if (first === undefined) return;
  const others = central.leftOut.length - 1;
  diagnostics.info(
    `of what is sampled by operation, ${quoteValue(first)}${others === 0 ? " is" : ` and ${others} more are`} left out: none of a method and a route template, such as GET /users/:id`,
    "GSM_OPERATIONS_LEFT_OUT",
  );
}
