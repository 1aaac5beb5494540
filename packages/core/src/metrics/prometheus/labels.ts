import type { Attributes, AttributeValue } from "../../model/attributes.ts";
import { labelName } from "./prometheus-names.ts";

/** Labels that the text itself puts on series: an attribute that comes to one of them is told as `exported_…`, as a scrape of Prometheus would do. */
const reserved: ReadonlySet<string> = new Set([
  "le",
  "quantile",
  "otel_scope_name",
  "otel_scope_version",
  "otel_scope_schema_url",
]);

/**
 * Attributes as labels. Of keys that come to the same label the values are joined with `;` in the order of the keys, as the OpenTelemetry
 * specification has it. A label that is empty is left out: to Prometheus that is the same.
 */
export function labelSet(attributes: Attributes): Readonly<Record<string, string>> {
  const keysByName = new Map<string, string[]>();
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    const plain = labelName(key);
    const name = reserved.has(plain) ? `exported_${plain}` : plain;
    const keys = keysByName.get(name);
    if (keys === undefined) keysByName.set(name, [key]);
    else keys.push(key);
  }
  const set: Record<string, string> = {};
  for (const [name, keys] of keysByName) {
    const text = keys
      .sort()
      .map((key) => valueText(attributes[key]))
      .join(";");
    if (text !== "") set[name] = text;
  }
  return set;
}

/** Labels as the text has them, without braces. */
export function labels(set: Attributes): string {
  return Object.entries(set)
    .map(([name, text]) => `${name}="${escapeLabel(String(text))}"`)
    .join(",");
}

export function braced(text: string): string {
  return text === "" ? "" : `{${text}}`;
}

function valueText(value: AttributeValue | undefined): string {
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
