import { durationText } from "../validate/duration-text.ts";

/** A whole number in decimal digits; any other text is left as it is, so that the check refuses it. */
export function wholeNumber(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

/** The bytes of so many MiB in decimal digits; any other text is left as it is. */
export function mebibytes(text: string): number | string {
  const count = wholeNumber(text);
  return typeof count === "number" ? count * 1_048_576 : count;
}

/** A decimal number without exponent; any other text is left as it is. */
export function decimal(text: string): number | string {
  return /^(?:\d{1,15}(?:\.\d{0,20})?|\.\d{1,20})$/.test(text) ? Number(text) : text;
}

/** Milliseconds, or a time with its unit (`500ms`, `5s`, `1m`, `1h`), rounded to whole ms; any other text is left as it is. */
export function milliseconds(text: string): number | string {
  const ms = /^\d{1,15}(?:\.\d{1,6})?$/.test(text) ? Number(text) : durationText(text);
  return ms === undefined ? text : Math.round(ms);
}

/** `true` or `false` in any case; any other text is left as it is. */
export function trueOrFalse(text: string): boolean | string {
  const word = text.toLowerCase();
  return word === "true" ? true : word === "false" ? false : text;
}

export function lowerCase(text: string): string {
  return text.toLowerCase();
}

/** The text with its percent-escapes resolved; undefined when one is broken. */
function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** `key=value` pairs separated by commas, both sides percent-decoded; a pair that is none, or has no key, is undefined. Empty parts are left out. */
export function pairs(text: string): ([key: string, value: string] | undefined)[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const equals = part.indexOf("=");
      const key = percentDecoded(part.slice(0, Math.max(equals, 0)).trim());
      const value = percentDecoded(part.slice(equals + 1).trim());
      return key === undefined || key === "" || value === undefined ? undefined : [key, value];
    });
}
