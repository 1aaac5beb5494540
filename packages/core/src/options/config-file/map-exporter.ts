import { endpointCheck, withScheme } from "../validate/endpoint-check.ts";
import { headerRecord } from "../validate/record-checks.ts";
import type { SignalName, SignalVariables } from "../variables/variable-reading.ts";
import { pairs } from "../variables/variable-text.ts";
import { ConfigError } from "./config-error.ts";
import { type ConfigLayer, inWordsOfFile } from "./config-layer.ts";
import type { ConfigNode } from "./config-node.ts";

/** A signal that goes nowhere. */
export const noExport: SignalVariables = {
  headers: {},
  compression: undefined,
  timeoutMs: undefined,
  protocol: undefined,
  isLost: false,
  tls: { certificate: undefined, clientCertificate: undefined, clientKey: undefined },
  exporter: "none",
};

/** Where a signal goes, by the exporter of its processor or reader; undefined where it names none that is built in. */
export function mapExporter(exporter: ConfigNode, signal: SignalName, layer: ConfigLayer): SignalVariables | undefined {
  const http = exporter.node("otlp_http");
  const grpc = exporter.node("otlp_grpc");
  if (http !== undefined && grpc !== undefined) throw new ConfigError(`${exporter.place} names two exporters`);
  if (http !== undefined) return otlp(http, "http/protobuf", signal, layer);
  if (grpc !== undefined) return otlp(grpc, "grpc", signal, layer);
  if (signal === "traces" && exporter.has("console")) return { ...noExport, exporter: "console" };
  return undefined;
}

function otlp(
  node: ConfigNode,
  protocol: "http/protobuf" | "grpc",
  signal: SignalName,
  layer: ConfigLayer,
): SignalVariables {
  const tls = node.node("tls");
  const isInsecure = protocol === "grpc" ? tls?.flag("insecure") : undefined;
  const endpoint = node.text("endpoint");
  if (endpoint !== undefined) {
    const url = withScheme(endpoint, isInsecure);
    layer.put(`otlp.${signal}Endpoint`, url, node.at("endpoint"));
    inWordsOfFile(() => endpointCheck.validate(url, node.at("endpoint")));
  }
  const timeoutMs = node.number("timeout");
  if (timeoutMs === 0) node.note(`${node.at("timeout")} without an end`);
  if (node.has("encoding") && node.word("encoding", ["protobuf", "json"]) === "json")
    node.note(`${node.at("encoding")} json`);
  const read: SignalVariables = {
    headers: headersOf(node),
    compression: compressionOf(node),
    timeoutMs: timeoutMs === 0 ? undefined : timeoutMs,
    protocol,
    isLost: false,
    tls: {
      certificate: tls?.text("ca_file"),
      clientCertificate: tls?.text("cert_file"),
      clientKey: tls?.text("key_file"),
    },
    exporter: "otlp",
  };
  tls?.end();
  return read;
}

function compressionOf(node: ConfigNode): SignalVariables["compression"] {
  const name = node.text("compression");
  if (name === undefined || name === "gzip" || name === "none") return name;
  node.note(`${node.at("compression")} ${name}`);
  return undefined;
}

/** Those of the list by themselves win over those of the text. */
function headersOf(node: ConfigNode): Readonly<Record<string, string>> {
  const place = node.at("headers");
  const list = pairs(node.text("headers_list") ?? "");
  if (list.includes(undefined))
    throw new ConfigError(`${node.at("headers_list")} must be key=value pairs, separated by commas`);
  const headers = new Map(
    list.filter((pair) => pair !== undefined).map(([name, value]) => [name.toLowerCase(), value]),
  );
  for (const entry of node.nodes("headers") ?? []) {
    const name = entry.text("name");
    const value = entry.text("value");
    entry.end();
    if (name === undefined) throw new ConfigError(`${entry.at("name")} is missing`);
    if (value !== undefined) headers.set(name.toLowerCase(), value);
  }
  let checked: Readonly<Record<string, string>> = {};
  inWordsOfFile(() => (checked = headerRecord.validate(Object.fromEntries(headers), place)));
  return checked;
}
