import { OptionError } from "@gossamer/core";

const msByUnit: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * A duration in ms from text with a unit: `500ms`, `1.5s`, `2m`, `1h`. Throws an `OptionError` that names `option` for anything else, a number
 * without a unit too.
 */
export function parseDuration(text: string, option: string): number {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h)$/.exec(typeof text === "string" ? text : "") ?? [];
  if (digits === undefined || unit === undefined) {
    throw new OptionError(
      option,
      `Option "${option}" must be a duration with a unit, such as "500ms" or "2s", got ${typeof text === "string" ? JSON.stringify(text) : typeof text}.`,
    );
  }
  return Number(digits) * (msByUnit[unit] ?? 1);
}
