import type { CheckedRule } from "../../model/sampling/sampling-rule.ts";
import { OptionError } from "../../model/checks/option-error.ts";
import { plainText } from "../../model/checks/quote-value.ts";
import { DryRun, type DryRunSettings } from "../../sampling/dry-run.ts";
import { RuleError } from "../../sampling/rules/rule-error.ts";
import type { Sampler } from "../../model/sampling/sampler.ts";
import type { SamplerDescription } from "../../model/sampling/sampler-description.ts";
import { describedSampler } from "./described-sampler.ts";
import { parseMatch } from "../../sampling/rules/rule-pattern.ts";
import { RuleSet } from "../../sampling/rules/rule-set.ts";

/** Compiles checked rules. Throws an `OptionError` that names the rule. */
export function compileRules(
  option: string,
  list: readonly CheckedRule[],
  settings: ConstructorParameters<typeof RuleSet>[1],
  behind?: readonly CheckedRule[],
): RuleSet {
  try {
    return new RuleSet(list, settings, behind);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const { index, member, rule, message } = error;
    const place = plainText(`${option}[${index}]${member === undefined ? "" : `.${member}`}`);
    const text =
      member === undefined
        ? `Option "${place}" (rule "${plainText(rule)}") ${message}.`
        : `Option "${place}" must be ${message} (rule "${plainText(rule)}").`;
    throw new OptionError(place, text, {
      code: "GSM_RULE",
      ...(member === undefined ? {} : { expectation: message }),
    });
  }
}

/** Whether a text is a rule's `match` for certain routes. */
export function isForRoutes(match: string, methods: readonly string[]): boolean {
  try {
    return parseMatch(match, methods).route !== undefined;
  } catch {
    return false;
  }
}

/** Tries compiled rules on what comes. */
export function dryRunOf(settings: DryRunSettings): DryRun {
  return new DryRun(settings);
}

/** The sampler that a configuration file describes. */
export function compileSampler(description: SamplerDescription): Sampler {
  return describedSampler(description);
}
