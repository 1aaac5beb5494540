import { withCode } from "../../model/codes.ts";

/** The error for a value of a wrong kind. */
export function wrongType(text: string): TypeError {
  return withCode(new TypeError(text), "GSM_OPTION_TYPE");
}

/** Throws a TypeError for what is no number, a RangeError for one outside of the bounds, both included. */
export function checkNumber(name: string, value: unknown, min: number, max: number = Number.MAX_VALUE): void {
  const expected = `${name} must be a number ${max === Number.MAX_VALUE ? `of at least ${min}` : `from ${min} to ${max}`}`;
  if (typeof value !== "number") throw wrongType(`${expected}, got '${String(value)}'.`);
  if (!(value >= min && value <= max)) throw withCode(new RangeError(`${expected}, got ${value}.`), "GSM_OPTION_RANGE");
}
