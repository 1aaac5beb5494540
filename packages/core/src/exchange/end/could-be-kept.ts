import type { RuleFacts } from "../../sampling/rules/rule-set.ts";
import type { ExchangeHost } from "../exchange-host.ts";
import { ruleOf } from "./rule-of.ts";

/** What it is asked of. */
export type KeepHost = Pick<ExchangeHost, "keep" | "rules" | "faults">;

/** Whether a request that is not sampled could still be kept, as far as is known of it. */
export function couldBeKept(host: KeepHost, request: RuleFacts): boolean {
  const { keep, rules } = host;
  if (rules?.someTerms !== true) return keep.couldKeep(request.route);
  // The rule that will count may be one for a route that is not known yet.
  if (rules.usesRoute && request.route === undefined && rules.someKeep) return true;
  return keep.couldKeep(request.route, ruleOf(rules, request, host)?.keep);
}

/** Whether the children of such a request are held, because they would be kept with it. */
export function holdsChildren(host: KeepHost, request: RuleFacts): boolean {
  const { keep, rules } = host;
  if (rules?.someTerms !== true) return keep.terms.trace && keep.couldKeep(request.route);
  if (!rules.someHold && !keep.terms.trace) return false;
  const terms = ruleOf(rules, request, host)?.keep ?? keep.terms;
  return (terms.trace && keep.couldKeep(request.route, terms)) || (rules.usesRoute && request.route === undefined);
}
