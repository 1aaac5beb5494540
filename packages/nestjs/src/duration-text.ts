import { durationText, OptionError } from "@gossamer/core/adapter";

/**
 * A duration in ms from text with a unit: `500ms`, `1.5s`, `2m`, `1h`. Throws an `OptionError` that names `option` for anything else, a number
 * without a unit too.
 */
export function parseDuration(text: string, option: string): number {
  const ms = typeof text === "string" ? durationText(text) : undefined;
  if (ms !== undefined) return ms;
  throw new OptionError(
    option,
    `Option "${option}" must be a duration with a unit, such as "500ms" or "2s", got ${typeof text === "string" || typeof text === "number" ? JSON.stringify(text) : typeof text}.`,
    { code: typeof text === "string" ? "GSM_OPTION_RANGE" : "GSM_OPTION_TYPE" },
  );
}
