import type { Tally } from "../../tally/tally.ts";
import { errorTypeOf } from "../../model/foreign/exception-attributes.ts";

/** A user's word for what was thrown; nothing, or an empty text, leaves it to the error's class. */
export type CategorizeError = (error: unknown) => string | undefined;

/** The `error.type` of what was thrown. Never throws. */
export type ErrorTypeOf = (error: unknown) => string;

const maxLength = 128;

/** The class of an error, unless the user's function has a word for it. One that throws or gives no text is counted as `categorize-error`. */
export function createErrorTypeOf(categorize: CategorizeError | undefined, faults: Tally): ErrorTypeOf {
  if (categorize === undefined) return errorTypeOf;
  return (error) => {
    try {
      const word: unknown = categorize(error);
      if (typeof word === "string" && word !== "") return word.slice(0, maxLength);
      if (word !== undefined && word !== "") faults.add("categorize-error");
    } catch {
      faults.add("categorize-error");
    }
    return errorTypeOf(error);
  };
}
