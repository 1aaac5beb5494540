import type { Sampler } from "../../model/sampling/sampler.ts";
import type { CheckedRule } from "../../model/sampling/sampling-rule.ts";
import { adaptive } from "../../sampling/samplers/adaptive.ts";
import { rateLimit } from "../../sampling/samplers/rate-limit.ts";
import { labelledRatio } from "../../sampling/samplers/ratio.ts";
import type { OperationStrategy, Strategy, Wanted } from "./strategy.ts";

/** What decides in the name of a central place: its operations behind the service's own rules, and its default behind them. */
export interface CentralSampling {
  readonly operations: readonly CheckedRule[];
  /** The bounds of the default, which each route has its own of; undefined where it has none. */
  readonly otherwise: CheckedRule | undefined;
  /** Takes the place of the service's ratio or sampler. */
  readonly sampler: Sampler;
  /** The share that it samples; undefined where that moves. */
  readonly ratio: number | undefined;
  /** Operations that are none of a server's requests. */
  readonly noRequests: readonly string[];
  /** Those behind as many as are taken, whatever they are. */
  readonly beyond: readonly string[];
}

/** As many as Jaeger's own clients take. */
export const maxOperations = 2_000;
const secondsPerMinute = 60;
/** What it is called on spans and in counters, alone or before an operation. */
const name = "remote";

/**
 * Brings a strategy into rules: an operation `GET /users/:id` is one on the route, which JavaScript's remote sampler cannot see when a request begins.
 *
 * The lower bound is a floor, so many of each minute's first requests of a route; the upper bound a cap.
 *
 * @param isRequest whether a name of an operation says which requests it is for
 */
export function centralSampling(strategy: Strategy, isRequest: (operation: string) => boolean): CentralSampling {
  const { otherwise, minPerSecond, maxPerSecond } = strategy;
  const bounds = {
    ...(minPerSecond === 0 ? {} : { minPerMinute: Math.ceil(Number((minPerSecond * secondsPerMinute).toFixed(6))) }),
    ...(maxPerSecond === undefined ? {} : { maxPerSecond }),
  };
  const isBound = Object.keys(bounds).length > 0;
  const { requests, noRequests, beyond } = sorted(strategy.operations, isRequest);
  return {
    operations: requests.map(({ operation, wanted }) => ({
      name: `${name} ${operation}`,
      match: operation,
      ...bounds,
      ...ruleOf(wanted),
    })),
    otherwise:
      isBound && otherwise.kind === "ratio" ? { name, match: "*", ...bounds, ...ruleOf(otherwise) } : undefined,
    sampler: samplerOf(otherwise),
    ratio: otherwise.kind === "ratio" ? otherwise.ratio : undefined,
    noRequests,
    beyond,
  };
}

/** What comes behind the bound is not looked at. */
function sorted(
  operations: readonly OperationStrategy[],
  isRequest: (operation: string) => boolean,
): { requests: OperationStrategy[]; noRequests: string[]; beyond: string[] } {
  const requests: OperationStrategy[] = [];
  const noRequests: string[] = [];
  let looked = 0;
  for (; looked < operations.length && requests.length < maxOperations; looked++) {
    const one = operations[looked]!;
    if (isRequest(one.operation)) requests.push(one);
    else noRequests.push(one.operation);
  }
  return { requests, noRequests, beyond: operations.slice(looked).map(({ operation }) => operation) };
}

function ruleOf(wanted: Wanted): Pick<CheckedRule, "ratio" | "sampler"> {
  return wanted.kind === "ratio" ? { ratio: wanted.ratio } : { sampler: samplerOf(wanted) };
}

function samplerOf(wanted: Wanted): Sampler {
  switch (wanted.kind) {
    case "ratio":
      return labelledRatio(wanted.ratio, { reason: "ratio", rule: name });
    case "rate-limit":
      return rateLimit({ perSecond: wanted.perSecond });
    case "adaptive":
      // A bound on traces and not an aim, so there is no least share.
      return adaptive({ targetPerSecond: wanted.perSecond, minRatio: 0 });
  }
}
