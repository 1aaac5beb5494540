import type { CompiledRule } from "../../sampling/rules/compiled-rule.ts";
import type { RuleFacts, RuleSet } from "../../sampling/rules/rule-set.ts";
import type { ExchangeHost } from "../host/exchange-host.ts";

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

/** What looking for a rule needs of all that exchanges share. */
export type RuleHost = Pick<ExchangeHost, "rules" | "faults">;

/** The rule for a request, as far as is known of it. Finding it may read the request, and that may throw: then it is counted, and there is none. */
function ruleOf(rules: RuleSet, request: RuleFacts, { faults }: RuleHost): CompiledRule | undefined {
  try {
    return rules.match(request)?.rule;
  } catch {
    faults.add("rules");
    return undefined;
  }
}

/** The rule for a request that is over, where one may have a say then. */
export function ruleAtEnd(host: RuleHost, request: RuleFacts): CompiledRule | undefined {
  const { rules } = host;
  return rules?.atEnd === true ? ruleOf(rules, request, host) : undefined;
}

/** Whether a rule says that the response is a stream. */
export function isStreamByRule(host: RuleHost, request: RuleFacts): boolean {
  const { rules } = host;
  return rules?.someStream === true && ruleOf(rules, request, host)?.stream === true;
}
