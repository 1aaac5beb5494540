import { isAttributeValue, type Attributes } from "../../model/attributes.ts";
import { headerNameText, isHeaderName, isHeaderValue, isReservedHeader } from "./header-text.ts";
import type { JsonSchema } from "../../model/checks/json-schema.ts";
import { OptionError, wrongValue } from "../../model/checks/option-error.ts";
import { membersOf } from "../../model/checks/plain-object.ts";
import { quoteValue } from "../../model/checks/quote-value.ts";
import { check, type Check } from "../../model/checks/checks.ts";

const attributeValueSchema: JsonSchema = {
  anyOf: [
    { type: "string" },
    { type: "number" },
    { type: "boolean" },
    { type: "array", items: { type: "string" } },
    { type: "array", items: { type: "number" } },
    { type: "array", items: { type: "boolean" } },
  ],
};

/** Attributes by name. */
export const attributeRecord: Check<Attributes> = {
  type: "Attributes",
  expectation: "an object of attributes",
  schema: { type: "object", additionalProperties: attributeValueSchema },
  validate(value, name) {
    const members = membersOf(value, name, this.expectation);
    return Object.fromEntries(
      members.map(([key, member]) => {
        if (key === "")
          throw new OptionError(name, `Option "${name}" has an attribute without a name.`, {
            code: "GSM_OPTION_RANGE",
          });
        if (!isAttributeValue(member)) {
          const expectation = "a string, a number, a boolean, or an array of one of these types";
          throw wrongValue(`${name}.${key}`, expectation, quoteValue(member), "GSM_OPTION_TYPE");
        }
        return [key, Array.isArray(member) ? [...member] : member];
      }),
    );
  },
};

/** HTTP headers by name, in lower case. Their values are never in a message: they may hold a secret. */
export const headerRecord: Check<Readonly<Record<string, string>>> = {
  type: "Record<string, string>",
  expectation: "an object of header names and values",
  schema: { type: "object", additionalProperties: { type: "string" } },
  validate(value, name) {
    const headers = new Map<string, string>();
    for (const [key, member] of membersOf(value, name, this.expectation)) {
      const header = headerName.validate(key, name);
      const option = `${name}.${header}`;
      if (isReservedHeader(header)) {
        throw new OptionError(option, `Option "${option}" cannot be set: the exporter sets this header itself.`, {
          code: "GSM_OPTION_REFUSED",
        });
      }
      if (typeof member !== "string") throw wrongValue(option, "a string", quoteValue(member), "GSM_OPTION_TYPE");
      if (!isHeaderValue(member)) {
        throw wrongValue(
          option,
          "text that HTTP allows in a header",
          "text with a character that is not allowed",
          "GSM_OPTION_RANGE",
        );
      }
      if (headers.has(header))
        throw new OptionError(option, `Option "${option}" is given twice, in different case.`, {
          code: "GSM_OPTION_CONFLICT",
        });
      headers.set(header, member);
    }
    return Object.fromEntries(headers);
  },
};

const anyHeaderName = check(
  "string",
  headerNameText,
  (value): value is string => typeof value === "string" && isHeaderName(value),
);

/** The name of an HTTP header, in lower case. */
export const headerName: Check<string> = {
  type: anyHeaderName.type,
  expectation: anyHeaderName.expectation,
  schema: { type: "string", pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$" },
  validate: (value, name) => anyHeaderName.validate(value, name).toLowerCase(),
};
