import { nameByRule } from "../host/span-names.ts";
import type { JoinedRequest, JoinedTerms } from "../incoming/joined-span.ts";
import { ruleAtEnd, type RuleHost } from "./rule-at-end.ts";

/** What of route and rules holds for such a request, as far as it is known by now. */
export function joinedTerms(host: RuleHost, request: JoinedRequest): JoinedTerms {
  const { route } = request;
  const rule = ruleAtEnd(host, request);
  return {
    route,
    name: nameByRule(request, rule?.spanName),
    isNamed: route !== undefined || rule?.spanName !== undefined,
    attributes: rule?.attributes,
    lane: route?.options.lane ?? rule?.lane,
    isUntraced: route?.options.trace === false && request.parent === undefined,
  };
}
