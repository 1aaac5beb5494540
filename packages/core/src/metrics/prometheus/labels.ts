import type { Attributes, AttributeValue } from "../../model/attributes.ts";
import { labelName } from "./prometheus-names.ts";

/** Keys that come to the same label have their values joined with `;`, as the OpenTelemetry specification has it. */
export function labels(attributes: Attributes): string {
  const values = new Map<string, string>();
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    const name = labelName(key);
    const text = escapeLabel(valueText(value));
    const other = values.get(name);
    values.set(name, other === undefined ? text : `${other};${text}`);
  }
  return Array.from(values, ([name, text]) => `${name}="${text}"`).join(",");
}

export function braced(text: string): string {
  return text === "" ? "" : `{${text}}`;
}

function valueText(value: AttributeValue): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

function escapeLabel(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

export function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
