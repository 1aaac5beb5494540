import { withCode } from "../../model/codes.ts";

/**
 * Throws a TypeError for options of a sampler that are no object, or that have more than it takes, `rest`: a default in the place of a misspelt member
 * would hold in silence.
 */
export function checkRest(
  sampler: string,
  options: object | null | undefined,
  rest: Readonly<Record<string, unknown>>,
): void {
  const isSet = typeof options === "object" && options !== null;
  const odd = isSet ? Object.keys(rest).find((name) => rest[name] !== undefined) : String(options);
  if (odd !== undefined)
    throw withCode(new TypeError(`${sampler}() takes no '${odd}'.`), isSet ? "GSM_OPTION_UNKNOWN" : "GSM_OPTION_TYPE");
}
