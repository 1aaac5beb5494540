import { endpointCheck, proxyCheck, withScheme } from "../validate/endpoint-check.ts";
import { isHeaderName, isHeaderValue, isReservedHeader } from "../validate/header-text.ts";
import { optionTable } from "../declare/option-table.ts";
import { plainText, quoteValue } from "../../model/checks/quote-value.ts";
import type { VariableReader } from "./variable-reader.ts";
import { type ProxyVariables, type SignalName, type SignalVariables, tlsVariables } from "./variable-reading.ts";
import { lowerCase, milliseconds, pairs } from "./variable-text.ts";

/** The same as variables name it. */
type SignalWord = "TRACES" | "METRICS" | "LOGS";

/** The proxies of the environment, where Node follows them: with `NODE_USE_ENV_PROXY=1`. The lower case wins, as everywhere. */
export function readProxyVariables(reader: VariableReader): ProxyVariables {
  if (reader.text("NODE_USE_ENV_PROXY") !== "1") return { http: undefined, https: undefined, no: undefined };
  const read = (name: string): string | undefined => reader.text(name.toLowerCase()) ?? reader.text(name);
  const proxy = (name: string): string | undefined => {
    const text = read(name);
    if (text === undefined) return undefined;
    try {
      return proxyCheck.validate(withScheme(text, true).replace(/\/$/, ""), name);
    } catch {
      // It may hold a password, so that it is not shown.
      reader.wrong(`${name} must be ${proxyCheck.expectation}; exports go without a proxy`);
      return undefined;
    }
  };
  return { http: proxy("HTTP_PROXY"), https: proxy("HTTPS_PROXY"), no: read("NO_PROXY") };
}

/** Reads the `OTEL_EXPORTER_OTLP_*` variables, general ones into the options, and those of one signal. */
export function readOtlpVariables(reader: VariableReader): Record<SignalName, SignalVariables> {
  const endpoints = {
    general: readEndpoint(reader, "otlp.endpoint", ""),
    TRACES: readEndpoint(reader, "otlp.tracesEndpoint", "TRACES_"),
    METRICS: readEndpoint(reader, "otlp.metricsEndpoint", "METRICS_"),
    LOGS: readEndpoint(reader, "otlp.logsEndpoint", "LOGS_"),
  };
  reader.putChecked("otlp.compression", "OTEL_EXPORTER_OTLP_COMPRESSION", lowerCase);
  reader.putChecked("otlp.timeoutMs", "OTEL_EXPORTER_OTLP_TIMEOUT", milliseconds);
  const protocols = readProtocols(reader);
  for (const [option, name] of Object.entries(tlsVariables)) {
    reader.putChecked(`otlp.${option}`, `OTEL_EXPORTER_OTLP_${name}`, String);
  }

  const headers = readHeaders(reader, "OTEL_EXPORTER_OTLP_HEADERS");
  if (headers.size > 0) reader.put("otlp.headers", "OTEL_EXPORTER_OTLP_HEADERS", Object.fromEntries(headers));
  const { compression, timeoutMs } = optionTable.otlp.options;
  const signal = (name: SignalWord): SignalVariables => ({
    headers: Object.fromEntries([...headers, ...readHeaders(reader, `OTEL_EXPORTER_OTLP_${name}_HEADERS`)]),
    compression: reader.checked(`OTEL_EXPORTER_OTLP_${name}_COMPRESSION`, compression.check, lowerCase),
    timeoutMs: reader.checked(`OTEL_EXPORTER_OTLP_${name}_TIMEOUT`, timeoutMs.check, milliseconds),
    protocol: protocols[name] ?? bareProtocol(endpoints, name, protocols),
    isLost: (endpoints[name] ?? endpoints.general) === "refused",
    tls: {
      certificate: reader.text(`OTEL_EXPORTER_OTLP_${name}_${tlsVariables.certificate}`),
      clientCertificate: reader.text(`OTEL_EXPORTER_OTLP_${name}_${tlsVariables.clientCertificate}`),
      clientKey: reader.text(`OTEL_EXPORTER_OTLP_${name}_${tlsVariables.clientKey}`),
    },
    exporter: readExporter(reader, `OTEL_${name}_EXPORTER`),
  });
  return { traces: signal("TRACES"), metrics: signal("METRICS"), logs: signal("LOGS") };
}

type Protocol = "http/protobuf" | "grpc";

/** What a variable says of an address: `grpc` where it is written as gRPC writes it, with gRPC's port. */
type Endpoint = "given" | "grpc" | "refused" | undefined;

function readEndpoint(reader: VariableReader, option: string, signal: "" | `${SignalWord}_`): Endpoint {
  const variable = `OTEL_EXPORTER_OTLP_${signal}ENDPOINT`;
  const text = reader.text(variable);
  if (text === undefined) return undefined;
  const insecure = reader.text(`OTEL_EXPORTER_OTLP_${signal}INSECURE`) ?? reader.text("OTEL_EXPORTER_OTLP_INSECURE");
  const isInsecure = /^(?:true|false)$/i.test(insecure ?? "") ? insecure?.toLowerCase() === "true" : undefined;
  const url = withScheme(text, isInsecure);
  try {
    reader.put(option, variable, endpointCheck.validate(url, variable));
  } catch {
    reader.refuse(variable, endpointCheck.expectation, text, "nothing is sent by OTLP unless another address is given");
    return "refused";
  }
  if (url === text) return "given";
  reader.unsupported(`${variable}: without http:// or https:// it is taken as ${new URL(url).origin}`, "info");
  return new URL(url).port === "4317" ? "grpc" : "given";
}

/** gRPC where nobody named a protocol and the address says it. */
function bareProtocol(
  endpoints: Readonly<Record<"general" | SignalWord, Endpoint>>,
  name: SignalWord,
  protocols: ReturnType<typeof readProtocols>,
): Protocol | undefined {
  return protocols.isGeneral || (endpoints[name] ?? endpoints.general) !== "grpc" ? undefined : "grpc";
}

function readProtocols(
  reader: VariableReader,
): Record<SignalWord, Protocol | undefined> & { readonly isGeneral: boolean } {
  const unknown: string[] = [];
  const read = (signal: string): Protocol | undefined => {
    const variable = `OTEL_EXPORTER_OTLP_${signal}PROTOCOL`;
    const text = reader.text(variable)?.toLowerCase();
    if (text === undefined || text === "http/protobuf" || text === "grpc") return text;
    unknown.push(variable);
    return undefined;
  };
  const general = read("");
  const protocols = {
    TRACES: read("TRACES_"),
    METRICS: read("METRICS_"),
    LOGS: read("LOGS_"),
    isGeneral: general !== undefined,
  };
  if (general !== undefined) reader.put("otlp.protocol", "OTEL_EXPORTER_OTLP_PROTOCOL", general);
  const [first] = unknown;
  if (first !== undefined) {
    const value = quoteValue(reader.text(first));
    reader.unsupported(
      `${unknown.join(" and ")}: ${value} is not built in; http/protobuf and grpc are, and http/protobuf applies unless otlp.protocol or another variable says otherwise`,
    );
  }
  return protocols;
}

// Values are never shown, and neither is a pair without a name: it may be the secret itself.
function readHeaders(reader: VariableReader, variable: string): Map<string, string> {
  const headers = new Map<string, string>();
  const leftOut: string[] = [];
  pairs(reader.text(variable) ?? "").forEach((pair, i) => {
    const name = pair?.[0].toLowerCase() ?? "";
    if (pair !== undefined && isHeaderName(name) && isHeaderValue(pair[1]) && !isReservedHeader(name)) {
      headers.set(name, pair[1]);
    } else {
      leftOut.push(isHeaderName(name) ? `"${plainText(name)}"` : `pair ${i + 1}`);
    }
  });
  if (leftOut.length > 0) {
    const shown = leftOut.slice(0, 5).join(", ") + (leftOut.length > 5 ? ` and ${leftOut.length - 5} more` : "");
    reader.wrong(`${variable}: left out, as they cannot be headers of an export: ${shown}`);
  }
  return headers;
}

const elsewhere: ReadonlySet<string> = new Set(["console", "logging", "prometheus", "zipkin", "jaeger", "otlp/stdout"]);

function readExporter(reader: VariableReader, variable: string): "otlp" | "console" | "none" | undefined {
  const names = reader.list(variable)?.map(lowerCase);
  if (names === undefined) return undefined;
  // Spans alone can be printed.
  if (variable === "OTEL_TRACES_EXPORTER" && names.length === 1 && names[0] === "console") return "console";
  const others = names.filter((name) => name !== "otlp" && name !== "none");
  const contradicts = names.includes("none") && names.some((name) => name !== "none");
  if (contradicts || others.some((name) => !elsewhere.has(name))) {
    reader.refuse(variable, '"otlp" or "none"', names.join(","));
    return undefined;
  }
  const chosen = names.includes("otlp") ? "otlp" : "none";
  if (others.length === 0) return chosen;
  const effect = chosen === "otlp" ? "only otlp is used" : `no ${variable.slice(5, -9).toLowerCase()} are sent`;
  if (others.every((name) => name === "prometheus") && variable === "OTEL_METRICS_EXPORTER") {
    reader.unsupported(
      `${variable}: ${effect}; serve "prometheus" yourself, with the handler telemetry.prometheus()`,
      "info",
    );
  } else {
    reader.unsupported(`${variable}: ${others.map((name) => `"${name}"`).join(", ")} is not built in now; ${effect}`);
  }
  return chosen;
}
