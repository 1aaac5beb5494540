import type { ExemplarFilter } from "../../model/exemplar-span.ts";
import type { Attributes } from "../../model/attributes.ts";
import { readAliasVariables } from "./alias-variables.ts";
import { readOtlpVariables, readProxyVariables } from "./otlp-variables.ts";
import { ticketSecretCheck } from "../declare/ticket-secret-check.ts";
import { isForbiddenName } from "../../model/checks/plain-object.ts";
import { plainText } from "../../model/checks/quote-value.ts";
import { readSamplerVariables } from "./sampler-variables.ts";
import { VariableReader, type Variables } from "./variable-reader.ts";
import type { VariableReading } from "./variable-reading.ts";
import { lowerCase, mebibytes, milliseconds, pairs, wholeNumber } from "./variable-text.ts";

/** What was read, to which more can be put. */
export interface ReadVariables extends VariableReading {
  readonly reader: VariableReader;
}

/** Variables that are one option each. Of two for one option, the later one wins. */
const plainVariables: readonly (readonly [
  variable: string,
  option: string,
  parse: (text: string) => unknown,
  expectation?: string,
])[] = [
  ["OTEL_BSP_SCHEDULE_DELAY", "batch.delayMs", milliseconds],
  ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "batch.maxSpans", wholeNumber],
  ["OTEL_BSP_MAX_QUEUE_SIZE", "queue.maxSpans", wholeNumber],
  ["OTEL_BSP_EXPORT_TIMEOUT", "otlp.retry.totalMs", milliseconds],
  ["OTEL_BLRP_SCHEDULE_DELAY", "logsLane.delayMs", milliseconds],
  ["OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "logsLane.batchRecords", wholeNumber],
  ["OTEL_BLRP_MAX_QUEUE_SIZE", "logsLane.maxRecords", wholeNumber],
  ["OTEL_BLRP_EXPORT_TIMEOUT", "logsLane.totalMs", milliseconds],
  ["OTEL_MAX_MEMORY_MB", "maxMemoryBytes", mebibytes, "a whole number of MiB, at least 1"],
  ["OTEL_METRIC_EXPORT_INTERVAL", "metricIntervalMs", milliseconds],
  ["OTEL_METRIC_EXPORT_TIMEOUT", "metricTimeoutMs", milliseconds],
  ["OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "limits.valueLength", wholeNumber],
  ["OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "limits.valueLength", wholeNumber],
  ["OTEL_ATTRIBUTE_COUNT_LIMIT", "limits.attributes", wholeNumber],
  ["OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "limits.attributes", wholeNumber],
  ["OTEL_SPAN_EVENT_COUNT_LIMIT", "limits.events", wholeNumber],
  ["OTEL_SPAN_LINK_COUNT_LIMIT", "limits.links", wholeNumber],
  ["OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "limits.eventAttributes", wholeNumber],
  ["OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "limits.linkAttributes", wholeNumber],
];

/** Reads every variable these parts follow. Never throws, whatever they contain. */
export function readVariables(variables: Variables): ReadVariables {
  const reader = new VariableReader(variables);
  readAliasVariables(reader);
  for (const [variable, option, parse, expectation] of plainVariables) {
    reader.putChecked(option, variable, parse, expectation);
  }
  readDisabled(reader);
  readLogLevel(reader);
  readDebug(reader);
  readPropagators(reader);
  readKnownMethods(reader);
  readTemporality(reader);
  readExemplarFilter(reader);
  readTicketSecret(reader);
  return {
    reader,
    serviceName: reader.text("OTEL_SERVICE_NAME"),
    resourceAttributes: readResourceAttributes(reader),
    sampler: readSamplerVariables(reader),
    ...readOtlpVariables(reader),
    proxies: readProxyVariables(reader),
    statsd: {
      url: reader.text("DD_DOGSTATSD_URL"),
      host: reader.text("DD_AGENT_HOST"),
      port: reader.text("DD_DOGSTATSD_PORT"),
    },
    file: "none",
  };
}

function readDisabled(reader: VariableReader): void {
  const variable = "OTEL_SDK_DISABLED";
  const text = reader.text(variable)?.toLowerCase();
  if (text === "true") reader.put("enabled", variable, false);
  else if (text !== undefined && text !== "false") reader.refuse(variable, "true or false", text);
}

const levels: ReadonlyMap<string, "none" | "warn" | "info"> = new Map([
  ["none", "none"],
  ["error", "none"],
  ["warn", "warn"],
  ["info", "info"],
  ["debug", "info"],
  ["verbose", "info"],
  ["all", "info"],
]);

// The engine has no lines of level error: they would be failures that reach the service, and there are none.
function readLogLevel(reader: VariableReader): void {
  const variable = "OTEL_LOG_LEVEL";
  const text = reader.text(variable);
  if (text === undefined) return;
  const level = levels.get(text.toLowerCase());
  if (level === undefined) reader.refuse(variable, `one of ${[...levels.keys()].join(", ")}`, text);
  else reader.put("diagnostics", variable, level);
}

// Other values name the namespaces of the package `debug`, and are none of ours.
function readDebug(reader: VariableReader): void {
  if (reader.text("DEBUG")?.toLowerCase() === "true") reader.put("logLevel", "DEBUG", "debug");
}

function readPropagators(reader: VariableReader): void {
  const variable = "OTEL_PROPAGATORS";
  const names = reader.list(variable)?.map(lowerCase);
  if (names === undefined) return;
  const known = [...new Set(names)].filter((name) => name === "tracecontext" || name === "baggage");
  const others = names.filter((name) => name !== "tracecontext" && name !== "baggage");
  if (others.length === 0) {
    reader.put("propagators", variable, known);
  } else if (known.length === 0 && others.every((name) => name === "none")) {
    reader.put("propagators", variable, ["none"]);
  } else if (known.length === 0 || others.includes("none")) {
    reader.refuse(variable, 'a list of "tracecontext" and "baggage", or "none"', names.join(","));
  } else {
    reader.put("propagators", variable, known);
    reader.unsupported(`${variable}: "${plainText(others.join(", "))}" is not built in and left out`);
  }
}

function readKnownMethods(reader: VariableReader): void {
  const variable = "OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS";
  const methods = reader.list(variable);
  if (methods !== undefined) reader.putChecked("knownMethods", variable, () => methods);
}

function readTemporality(reader: VariableReader): void {
  const variable = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";
  if (reader.text(variable)?.toLowerCase() === "lowmemory") {
    reader.put("temporality", variable, "delta");
    reader.unsupported(`${variable}: "lowmemory" is taken as "delta"`, "info");
  } else {
    reader.putChecked("temporality", variable, lowerCase);
  }
}

function readExemplarFilter(reader: VariableReader): void {
  const variable = "OTEL_METRICS_EXEMPLAR_FILTER";
  const filter = reader.text(variable)?.toLowerCase();
  if (filter === undefined) return;
  const meant = exemplarFilters.get(filter);
  if (meant === undefined) reader.refuse(variable, '"trace_based", "always_on" or "always_off"', filter);
  else reader.put("exemplars", variable, meant);
}

/** Several are separated by commas. Its value is in no line. */
function readTicketSecret(reader: VariableReader): void {
  const variable = "GOSSAMER_TICKET_SECRET";
  const secrets = reader.list(variable);
  if (secrets === undefined) return;
  try {
    reader.put("tickets.secret", variable, ticketSecretCheck.validate(secrets, variable));
  } catch {
    reader.wrong(`${variable} must be ${ticketSecretCheck.expectation}, separated by commas; tickets are ignored`);
  }
}

const exemplarFilters: ReadonlyMap<string, ExemplarFilter> = new Map([
  ["trace_based", "traced"],
  ["always_on", "all"],
  ["always_off", "none"],
]);

function readResourceAttributes(reader: VariableReader): Attributes {
  const variable = "OTEL_RESOURCE_ATTRIBUTES";
  const read = pairs(reader.text(variable) ?? "");
  const bad = read.findIndex((pair) => pair === undefined || isForbiddenName(pair[0]));
  if (bad === -1) return Object.fromEntries(read.filter((pair) => pair !== undefined));
  reader.wrong(
    `${variable} must be key=value pairs, percent-encoded and separated by commas, but pair ${bad + 1} is not; all of it is ignored`,
  );
  return {};
}
