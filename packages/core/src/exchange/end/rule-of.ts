import type { CompiledRule } from "../../sampling/rules/compiled-rule.ts";
import type { RuleFacts, RuleSet } from "../../sampling/rules/rule-set.ts";
import type { ExchangeHost } from "../exchange-host.ts";

/** What looking for a rule needs of all that exchanges share. */
export type RuleHost = Pick<ExchangeHost, "rules" | "faults">;

/** The rule for a request, as far as is known of it. Finding it may read the request, and that may throw: then it is counted, and there is none. */
export function ruleOf(rules: RuleSet, request: RuleFacts, { faults }: RuleHost): CompiledRule | undefined {
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
