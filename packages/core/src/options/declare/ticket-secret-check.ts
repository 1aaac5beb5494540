import { anyOf, type JsonSchema } from "../../model/checks/json-schema.ts";
import { wrongValue } from "../../model/checks/option-error.ts";
import type { Check } from "../../model/checks/checks.ts";

const minLength = 32;
const maxLength = 1_000;
const maxSecrets = 5;

const secretSchema: JsonSchema = { type: "string", minLength, maxLength };

/** One secret or several. What was given is never in a message. */
export const ticketSecretCheck: Check<string | readonly string[]> = {
  type: "string | string[]",
  expectation: `a secret of ${minLength} to ${maxLength} characters, or a list of 1 to ${maxSecrets} of them`,
  schema: anyOf(secretSchema, { type: "array", items: secretSchema, minItems: 1, maxItems: maxSecrets }),
  validate(value, name): readonly string[] {
    const list: unknown = typeof value === "string" ? [value] : value;
    if (!Array.isArray(list)) throw wrongValue(name, this.expectation, "a value of another type", "GSM_OPTION_TYPE");
    if (list.length < 1 || list.length > maxSecrets)
      throw wrongValue(name, this.expectation, `a list of ${list.length}`, "GSM_OPTION_RANGE");
    return Array.from({ length: list.length }, (_, i) => {
      const secret: unknown = list[i];
      if (typeof secret !== "string")
        throw wrongValue(name, this.expectation, "a value of another type", "GSM_OPTION_TYPE");
      // Blanks at its ends protect nothing.
      const { length } = secret.trim();
      if (length < minLength || secret.length > maxLength)
        throw wrongValue(name, this.expectation, `one of ${length} characters`, "GSM_OPTION_RANGE");
      return secret;
    });
  },
};
