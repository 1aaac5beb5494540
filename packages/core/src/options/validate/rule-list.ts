import type { Sampler, SamplerLike } from "../../model/sampling/sampler.ts";
import type {
  CheckedRule,
  RuleKeep,
  RuleKeepOptions,
  RuleMatch,
  SamplingRule,
} from "../../model/sampling/sampling-rule.ts";
import { isHeaderName } from "./header-text.ts";
import { anyOf, objectOf } from "../../model/checks/json-schema.ts";
import { OptionError, wrongValue } from "../../model/checks/option-error.ts";
import { membersOf } from "../../model/checks/plain-object.ts";
import { plainText, quoteValue } from "../../model/checks/quote-value.ts";
import { attributeRecord } from "./record-checks.ts";
import { type MemberChecks, readMembers } from "../../model/checks/read-members.ts";
import * as checks from "../../model/checks/checks.ts";
import type { Check } from "../../model/checks/checks.ts";

/** Rules of one list: beyond it somebody generates them, and a route pattern says more. */
const maxRules = 10_000;
const share: Check<number | boolean> = checks.either(checks.number(0, 1), checks.boolean);
const perSecond = checks.number(0);
const pattern = checks.check(
  "string",
  "a string that is not empty",
  (value): value is string => typeof value === "string" && value !== "",
);

const keepChecks: MemberChecks<RuleKeepOptions> = {
  errors: share,
  aborted: share,
  slow: share,
  slowerThanMs: checks.durationMs(0),
  trace: checks.boolean,
  maxPerSecond: perSecond,
};

const headerConditions: Check<Readonly<Record<string, string | true>>> = {
  type: "Record<string, string | true>",
  expectation: "an object of header names, each with a string or true",
  schema: { type: "object", additionalProperties: { anyOf: [{ type: "string", minLength: 1 }, { const: true }] } },
  validate(value, name) {
    const members = membersOf(value, name, this.expectation);
    if (members.length === 0) throw wrongValue(name, this.expectation, "an empty object", "GSM_OPTION_RANGE");
    return Object.fromEntries(
      members.map(([header, condition]) => {
        if (!isHeaderName(header))
          throw wrongValue(name, "an object of header names", quoteValue(header), "GSM_OPTION_RANGE");
        if (condition !== true && (typeof condition !== "string" || condition === "")) {
          const code = condition === "" ? "GSM_OPTION_RANGE" : "GSM_OPTION_TYPE";
          throw wrongValue(
            `${name}.${plainText(header)}`,
            "a text that is not empty, or true",
            quoteValue(condition),
            code,
          );
        }
        return [header.toLowerCase(), condition];
      }),
    );
  },
};

const keep: Check<RuleKeep> = {
  type: "boolean | object",
  expectation: `true, false, or an object with ${Object.keys(keepChecks).join(", ")}`,
  schema: anyOf({ type: "boolean" }, objectOf(keepChecks)),
  validate(value, name) {
    if (value === true) return {};
    if (value === false) return { errors: 0, aborted: 0, slow: 0 };
    const { errors, aborted, slow, slowerThanMs, trace, maxPerSecond } = readMembers<RuleKeepOptions>(
      value,
      name,
      this.expectation,
      keepChecks,
    );
    return {
      errors: shareOf(errors),
      aborted: shareOf(aborted),
      slow: shareOf(slow),
      slowerThanMs,
      trace,
      maxPerSecond,
    };
  },
};

const ruleMatch: Check<RuleMatch> = {
  type: "object",
  expectation: "an object with route and operation",
  schema: objectOf({ route: pattern, operation: pattern }),
  validate(value, name) {
    const match = readMembers<RuleMatch>(value, name, this.expectation, { route: pattern, operation: pattern });
    if (match.route === undefined && match.operation === undefined)
      throw wrongValue(name, this.expectation, "an empty object", "GSM_OPTION_RANGE");
    return match;
  },
};

const ruleChecks: MemberChecks<SamplingRule> = {
  match: checks.either<string, string | RuleMatch>(pattern, ruleMatch),
  path: pattern,
  host: pattern,
  headers: headerConditions,
  name: checks.check(
    "string",
    "a name of 1 to 200 characters",
    (value): value is string => typeof value === "string" && value !== "" && value.length <= 200,
  ),
  ratio: checks.number(0, 1),
  sampler: checks.either<SamplerLike, SamplerLike>(checks.callable(), checks.having<Sampler>("decide")),
  maxPerSecond: perSecond,
  minPerMinute: checks.count(0),
  keep,
  lane: checks.oneOf("http", "jobs"),
  metrics: checks.boolean,
  stream: checks.boolean,
  spanName: checks.text,
  attributes: attributeRecord,
  ignoreParent: checks.boolean,
};

/** A list of rules with every value checked. Patterns, and whether a rule can be reached, are checked where they are compiled. */
export const ruleList: Check<readonly CheckedRule[]> = {
  type: "SamplingRule[]",
  expectation: `a list of at most ${maxRules} rules`,
  schema: { type: "array", items: objectOf(ruleChecks), maxItems: maxRules },
  validate(value, name) {
    if (!Array.isArray(value)) throw wrongValue(name, this.expectation, quoteValue(value), "GSM_OPTION_TYPE");
    if (value.length > maxRules) throw wrongValue(name, this.expectation, `${value.length}`, "GSM_OPTION_RANGE");
    return Array.from({ length: value.length }, (_, i) => readRule(value[i], `${name}[${i}]`));
  },
};

function readRule(value: unknown, place: string): CheckedRule {
  try {
    const rule = readMembers<SamplingRule>(value, place, "a rule object", ruleChecks) as CheckedRule;
    if (rule.ratio !== undefined && rule.sampler !== undefined) {
      throw new OptionError(place, `Option "${place}" has both "ratio" and "sampler": give one of them.`, {
        code: "GSM_OPTION_CONFLICT",
      });
    }
    return rule;
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    // Its place alone says little of a long list.
    const called = calledOf(value);
    const { code, option, expectation, cause } = error;
    const details = { code, cause, ...(expectation === undefined ? {} : { expectation }) };
    throw called === undefined ? error : new OptionError(option, `${error.message} (rule "${called}")`, details);
  }
}

function calledOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, match } = value as { name?: unknown; match?: unknown };
  const called = typeof name === "string" ? name : match;
  return typeof called === "string" && called !== "" ? plainText(called) : undefined;
}

function shareOf(value: number | boolean | undefined): number | undefined {
  return typeof value === "boolean" ? Number(value) : value;
}
