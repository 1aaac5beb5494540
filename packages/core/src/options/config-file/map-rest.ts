import { attributeRecord } from "../validate/record-checks.ts";
import type { Attributes } from "../../model/attributes.ts";
import { pairs } from "../variables/variable-text.ts";
import { ConfigError } from "./config-error.ts";
import { type ConfigLayer, inWordsOfFile } from "./config-layer.ts";
import type { ConfigNode } from "./config-node.ts";

/** Attributes of the service; those of the list win over those of the text. */
export function mapResource(node: ConfigNode | undefined): Attributes {
  if (node === undefined) return {};
  const listed = pairs(node.text("attributes_list") ?? "");
  if (listed.includes(undefined))
    throw new ConfigError(
      `${node.at("attributes_list")} must be key=value pairs, percent-encoded and separated by commas`,
    );
  const attributes = new Map<string, unknown>(listed.filter((pair) => pair !== undefined));
  for (const entry of node.nodes("attributes") ?? []) {
    const name = entry.text("name");
    if (name === undefined) throw new ConfigError(`${entry.at("name")} is missing`);
    attributes.set(name, attributeValue(entry, name));
    entry.end();
  }
  node.passOver("detection/development", "schema_url");
  node.end();
  let checked: Attributes = {};
  const given = Object.fromEntries([...attributes].filter(([, value]) => value !== undefined));
  inWordsOfFile(() => (checked = attributeRecord.validate(given, node.at("attributes"))));
  return checked;
}

/** In the kind that is named: where texts are put in, a number is one by its looks. */
function attributeValue(entry: ConfigNode, name: string): unknown {
  const type = entry.text("type");
  if (type === "int" || type === "double") return entry.number("value");
  if (type === "bool") return entry.flag("value");
  if (type === "string") return entry.text("value");
  const value = entry.value("value");
  // The conventions have these as texts; one may look like a number once a variable was put in.
  const isText = typeof value !== "object" && /^(?:service|deployment\.environment)\./.test(name);
  return isText ? (value as number | undefined)?.toString() : value;
}

const known = ["tracecontext", "baggage"] as const;

/** How context travels; without a propagator it does not, as the schema says. */
export function mapPropagator(node: ConfigNode | undefined, layer: ConfigLayer): void {
  const names = new Set<string>();
  for (const one of node?.nodes("composite") ?? []) {
    for (const name of known) if (one.has(name)) names.add(name);
    one.end();
  }
  for (const name of node?.text("composite_list")?.split(",") ?? []) {
    const trimmed = name.trim().toLowerCase();
    if (known.some((word) => word === trimmed)) names.add(trimmed);
    else if (trimmed !== "" && trimmed !== "none") node?.note(`propagator ${trimmed}`);
  }
  node?.end();
  layer.put("propagators", names.size === 0 ? ["none"] : [...names], "propagator");
}

const levels = new Map([
  ["trace", "info"],
  ["debug", "info"],
  ["info", "info"],
  ["warn", "warn"],
  ["error", "none"],
  ["fatal", "none"],
]);

/** Severities have four steps each: `warn2` is one of `warn`. */
export function mapLogLevel(node: ConfigNode, layer: ConfigLayer): void {
  const text = node.text("log_level");
  if (text === undefined) return;
  const level = levels.get(text.replace(/[2-4]$/, ""));
  if (level === undefined) throw new ConfigError(`log_level must be a severity such as info or warn, got '${text}'`);
  layer.put("diagnostics", level, "log_level");
}

/** Captured headers, known methods and query parameters that are hidden. */
export function mapInstrumentation(node: ConfigNode | undefined, layer: ConfigLayer): void {
  const general = node?.node("general");
  const http = general?.node("http");
  const server = http?.node("server");
  const sanitization = general?.node("sanitization");
  const url = sanitization?.node("url");
  const put = (option: string, from: ConfigNode | undefined, member: string): void => {
    if (from !== undefined) layer.put(option, from.texts(member), from.at(member));
  };
  put("captureRequestHeaders", server, "request_captured_headers");
  put("captureResponseHeaders", server, "response_captured_headers");
  put("knownMethods", server, "known_methods");
  put("redactQueryParameters", url, "sensitive_query_parameters");
  for (const part of [url, sanitization, server, http, general, node]) part?.end();
}
