import type { AttributeFilter } from "../../model/filters/attribute-filter.ts";
import { nameGlob } from "../../model/glob.ts";
import { anyOf, objectOf } from "../../model/checks/json-schema.ts";
import { OptionError, wrongValue } from "../../model/checks/option-error.ts";
import { membersOf } from "../../model/checks/plain-object.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";
import { listOf, check, type Check } from "../../model/checks/checks.ts";

/** A name in which `*` stands for any text. Anything that looks like a regular expression is refused rather than taken for a name. */
export const globPattern: Check<string> = check(
  "string",
  "a name of at most 256 characters in which only * stands for other text, and no regular expression",
  (value): value is string => nameGlob(value) !== undefined,
  { type: "string", minLength: 1, maxLength: 256, pattern: "^[^\\\\^$()[\\]{}|?+]*$" },
);

export const globPatterns: Check<readonly string[]> = listOf(globPattern);

const oneOrMore = { schema: anyOf(globPattern.schema, globPatterns.schema) };

const oneStep: Check<AttributeFilter> = {
  type: "{ keep: string | string[] } | { remove: string | string[] }",
  expectation: "an object with either keep or remove",
  schema: anyOf(objectOf({ keep: oneOrMore }, ["keep"]), objectOf({ remove: oneOrMore }, ["remove"])),
  validate(value, name) {
    const [member, ...others] = membersOf(value, name, this.expectation);
    if (member === undefined || others.length > 0 || (member[0] !== "keep" && member[0] !== "remove")) {
      throw new OptionError(name, `Option "${name}" must be ${this.expectation}.`, {
        code: "GSM_OPTION_RANGE",
        expectation: this.expectation,
      });
    }
    const [action, given] = member;
    const patterns = patternsOf(given, `${name}.${action}`);
    return action === "keep" ? { keep: patterns } : { remove: patterns };
  },
};

function patternsOf(value: unknown, name: string): readonly string[] {
  if (typeof value === "string") return [globPattern.validate(value, name)];
  if (!Array.isArray(value))
    throw wrongValue(name, "a name, a glob or a list of them", quoteValue(value), "GSM_OPTION_TYPE");
  return globPatterns.validate(value, name);
}

/** Steps of filters, asked in their order. */
export const attributeFilters: Check<readonly AttributeFilter[]> = listOf(oneStep, 100);
