import type { PageValue } from "../../src/protocol.ts";

/** A value as text: texts as they are, the rest as JSON. */
export function valueText(value: PageValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A setting's value, of whatever kind. */
export function settingText(value: unknown): string {
  if (value === undefined) return "–";
  return typeof value === "string" ? value : JSON.stringify(value);
}
