const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The ms of a duration with a unit, in options and variables alike: `500ms`, `2s`, `1.5m`, `1 h`. Undefined for any other text. */
export function durationText(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d{1,15}(?:\.\d{1,6})?) ?(ms|s|m|h)$/.exec(text) ?? [];
  const ms = unitMs[unit];
  return amount === undefined || ms === undefined ? undefined : Number(amount) * ms;
}
