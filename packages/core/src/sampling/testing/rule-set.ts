import { methodNames } from "../../limits/methods.ts";
import type { CheckedRule } from "../../model/sampling/sampling-rule.ts";
import { RuleSet } from "../rules/rule-set.ts";

export const serviceKeep = { errors: 1, aborted: 1, slow: 1, slowerThanMs: 1_000 };

export function ruleSet(...rules: CheckedRule[]): RuleSet {
  return new RuleSet(rules, { methods: methodNames, keep: serviceKeep });
}
