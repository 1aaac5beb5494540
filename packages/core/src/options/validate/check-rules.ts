import type { Sampler, SamplerLike } from "../../model/sampler.ts";
import type { CheckedRule, RuleKeep, RuleKeepOptions, SamplingRule } from "../../model/sampling-rule.ts";
import { parseDuration } from "./duration-text.ts";
import { isHeaderName } from "./header-text.ts";
import { anyOf, objectOf } from "../declare/json-schema.ts";
import { OptionError, wrongValue } from "../option-error.ts";
import { membersOf } from "./plain-object.ts";
import { plainText, quoteValue } from "./quote-value.ts";
import { attributeRecord } from "./record-rules.ts";
import { type MemberRules, readMembers } from "./read-members.ts";
import * as rules from "./rules.ts";
import type { Rule } from "./rules.ts";

/** Rules of one list: beyond it somebody generates them, and a route pattern says more. */
const maxRules = 10_000;
const share: Rule<number | boolean> = rules.either(rules.number(0, 1), rules.boolean);
const perSecond = rules.number(0, Number.MAX_VALUE);
const pattern = rules.rule(
  "string",
  "a string that is not empty",
  (value): value is string => typeof value === "string" && value !== "",
);

const duration: Rule<number> = {
  type: "number | string",
  expectation: "a number of milliseconds, or a text with a unit such as '500ms' or '2s'",
  schema: {
    anyOf: [
      { type: "number", minimum: 0 },
      { type: "string", pattern: "^\\d+(\\.\\d+)?(ms|s|m|h)$" },
    ],
  },
  validate(value, name) {
    const ms = parseDuration(value);
    if (ms === undefined) throw wrongValue(name, this.expectation, quoteValue(value));
    return ms;
  },
};

const keepRules: MemberRules<RuleKeepOptions> = {
  errors: share,
  aborted: share,
  slow: share,
  slowerThan: duration,
  trace: rules.boolean,
  maxPerSecond: perSecond,
};

const headerConditions: Rule<Readonly<Record<string, string | true>>> = {
  type: "Record<string, string | true>",
  expectation: "an object of header names, each with a text or true",
  schema: { type: "object", additionalProperties: { anyOf: [{ type: "string", minLength: 1 }, { const: true }] } },
  validate(value, name) {
    const members = membersOf(value, name, this.expectation);
    if (members.length === 0) throw wrongValue(name, this.expectation, "an empty object");
    return Object.fromEntries(
      members.map(([header, condition]) => {
        if (!isHeaderName(header)) throw wrongValue(name, "an object of header names", quoteValue(header));
        if (condition !== true && (typeof condition !== "string" || condition === "")) {
          throw wrongValue(`${name}.${plainText(header)}`, "a text that is not empty, or true", quoteValue(condition));
        }
        return [header.toLowerCase(), condition];
      }),
    );
  },
};

const keep: Rule<RuleKeep> = {
  type: "boolean | object",
  expectation: `true, false, or an object with ${Object.keys(keepRules).join(", ")}`,
  schema: anyOf({ type: "boolean" }, objectOf(keepRules)),
  validate(value, name) {
    if (value === true) return {};
    if (value === false) return { errors: 0, aborted: 0, slow: 0 };
    const { errors, aborted, slow, slowerThan, trace, maxPerSecond } = readMembers<RuleKeepOptions>(
      value,
      name,
      this.expectation,
      keepRules,
    );
    return {
      errors: shareOf(errors),
      aborted: shareOf(aborted),
      slow: shareOf(slow),
      slowerThan: slowerThan as number | undefined,
      trace,
      maxPerSecond,
    };
  },
};

const ruleRules: MemberRules<SamplingRule> = {
  match: pattern,
  path: pattern,
  host: pattern,
  headers: headerConditions,
  name: rules.rule(
    "string",
    "a name of 1 to 200 characters",
    (value): value is string => typeof value === "string" && value !== "" && value.length <= 200,
  ),
  ratio: rules.number(0, 1),
  sampler: rules.either<SamplerLike, SamplerLike>(rules.callable(), rules.having<Sampler>("decide")),
  maxPerSecond: perSecond,
  minPerMinute: rules.count(0),
  keep,
  lane: rules.oneOf("http", "jobs"),
  metrics: rules.boolean,
  stream: rules.boolean,
  spanName: rules.text,
  attributes: attributeRecord,
  ignoreParent: rules.boolean,
};

/** A list of rules with every value checked. Patterns, and whether a rule can be reached, are checked where they are compiled. */
export const ruleList: Rule<readonly CheckedRule[]> = {
  type: "SamplingRule[]",
  expectation: `a list of at most ${maxRules} rules`,
  schema: { type: "array", items: objectOf(ruleRules), maxItems: maxRules },
  validate(value, name) {
    if (!Array.isArray(value)) throw wrongValue(name, this.expectation, quoteValue(value));
    if (value.length > maxRules) throw wrongValue(name, this.expectation, `${value.length}`);
    return Array.from({ length: value.length }, (_, i) => readRule(value[i], `${name}[${i}]`));
  },
};

function readRule(value: unknown, place: string): CheckedRule {
  try {
    const rule = readMembers<SamplingRule>(
      value,
      place,
      "an object that says what is wanted of some requests",
      ruleRules,
    ) as CheckedRule;
    if (rule.ratio !== undefined && rule.sampler !== undefined) {
      throw new OptionError(place, `Option "${place}" has both "ratio" and "sampler": give one of them.`);
    }
    return rule;
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    // Its place alone says little of a long list.
    const called = calledOf(value);
    const { option, expectation } = error;
    const details = { cause: error, ...(expectation === undefined ? {} : { expectation }) };
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
