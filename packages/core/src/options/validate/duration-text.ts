const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A duration in ms: a number is one already, a text has a unit (`500ms`, `2s`, `1.5m`, `1h`). Undefined for anything else. */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === "number") return value >= 0 && Number.isFinite(value) ? value : undefined;
  if (typeof value !== "string" || value.length > 20) return undefined;
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(value.trim()) ?? [];
  return amount === undefined || unit === undefined ? undefined : Number(amount) * units[unit]!;
}
