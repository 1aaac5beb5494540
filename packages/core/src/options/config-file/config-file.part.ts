import { textOf } from "../../model/foreign/text-of.ts";
import { readCode } from "../settle/read-code.ts";
import { plainText } from "../../model/checks/quote-value.ts";
import type { Variables } from "../variables/variable-reader.ts";
import type { VariableReading } from "../variables/variable-reading.ts";
import { type ReadVariables, readVariables } from "../variables/variables.part.ts";
import { ConfigError } from "./config-error.ts";
import { ConfigLayer, configVariable, inWordsOfFile } from "./config-layer.ts";
import { ConfigNode } from "./config-node.ts";
import { readConfigText } from "./config-text.ts";
import { mapMetrics } from "./map-metrics.ts";
import { mapInstrumentation, mapLogLevel, mapPropagator, mapResource } from "./map-rest.ts";
import { mapLimits, mapLogs, mapTraces } from "./map-traces.ts";

/** The file format that is read to the letter: a newer one may say more. */
const newestMinor = 1;
const maxNamed = 12;

/**
 * What a configuration file says, in the place of the `OTEL_*` variables, which are not read then.
 *
 * What does not apply is one notice. A file that cannot be read or is wrong is one as well, and switches telemetry off. Never throws.
 *
 * Source: opentelemetry-configuration, file format 1.0 and 1.1
 */
export function readConfigFile(path: string, variables: Variables): VariableReading {
  const unapplied: string[] = [];
  const unset = new Set<string>();
  const file = `${configVariable} ${plainText(path)}`;
  let reading: VariableReading;
  try {
    reading = mapFile(new ConfigNode(readConfigText(path, variables, unset), "", unapplied), variables);
    if (unapplied.length > 0)
      reading.reader.notices.push({
        level: "info",
        code: "GSM_CONFIG_FILE_PARTS",
        line: `${file}: what does not apply is ignored: ${listed(unapplied)}`,
      });
  } catch (error) {
    const reason = error instanceof ConfigError ? error.message : plainText(textOf(error));
    reading = switchedOff(`${file} cannot be used: ${reason}; telemetry is off`, variables);
  }
  if (unset.size > 0)
    reading.reader.notices.push({
      level: "warn",
      code: "GSM_CONFIG_FILE_UNSET",
      line: `${file} names variables that are not set, without a default: ${listed([...unset])}`,
    });
  return reading;
}

function mapFile(root: ConfigNode, variables: Variables): VariableReading {
  const others = othersOf(variables);
  const layer = new ConfigLayer(others.reader);
  checkFormat(root);
  layer.put("enabled", root.flag("disabled") === true ? false : undefined, "disabled");
  mapLogLevel(root, layer);
  const resourceAttributes = mapResource(root.node("resource"));
  mapLimits(root.node("attribute_limits"), layer);
  mapPropagator(root.node("propagator"), layer);
  const traces = mapTraces(root.node("tracer_provider"), layer);
  const metrics = mapMetrics(root.node("meter_provider"), layer);
  const logs = mapLogs(root.node("logger_provider"), layer);
  mapInstrumentation(root.node("instrumentation/development"), layer);
  mapDistribution(root.node("distribution"), layer);
  root.end();
  return {
    ...others,
    resourceAttributes,
    sampler: traces.sampler,
    traces: traces.signal,
    metrics,
    logs,
    file: "read",
  };
}

/** What variables say that are none of the specification's. */
function othersOf(variables: Variables): ReadVariables {
  return readVariables(Object.fromEntries(Object.entries(variables).filter(([name]) => !name.startsWith("OTEL_"))));
}

function checkFormat(root: ConfigNode): void {
  const format = root.text("file_format");
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})(?:-.*)?$/.exec(format ?? "") ?? [];
  if (major !== "1")
    throw new ConfigError(
      `file_format must be "1.0" or "1.1", got ${format === undefined ? "none" : `'${plainText(format)}'`}`,
    );
  if (Number(minor) > newestMinor) root.note(`what is new in file_format ${format}`);
}

/** What the file has another place for: it would be said twice. */
const elsewhere: Readonly<Record<string, string>> = {
  enabled: "disabled",
  serviceName: "resource",
  serviceVersion: "resource",
  serviceInstanceId: "resource",
  environment: "resource",
  resourceAttributes: "resource",
  sampleRatio: "tracer_provider.sampler",
  sampler: "tracer_provider.sampler",
  exporter: "tracer_provider.processors",
  traces: "tracer_provider",
  metrics: "meter_provider",
};

/** Options of ours by their own names, for what the schema has none. */
function mapDistribution(node: ConfigNode | undefined, layer: ConfigLayer): void {
  if (node?.has("gossamer") === true) {
    inWordsOfFile(
      () => {
        const options = readCode(node.value("gossamer", true) ?? {});
        const twice = Object.keys(options).find((name) => Object.hasOwn(elsewhere, name));
        if (twice !== undefined)
          throw new ConfigError(`${node.at("gossamer")}.${twice} is said by ${elsewhere[twice]}`);
        putAll(layer, options, "");
      },
      `${node.at("gossamer")}.`,
    );
  }
  node?.end();
}

function putAll(layer: ConfigLayer, options: object, prefix: string): void {
  for (const [name, value] of Object.entries(options)) {
    const isGroup = typeof value === "object" && value !== null && layer.reader.isGroup(prefix + name);
    if (isGroup) putAll(layer, value as object, `${prefix}${name}.`);
    else layer.reader.put(prefix + name, configVariable, value);
  }
}

function switchedOff(line: string, variables: Variables): VariableReading {
  const others = othersOf(variables);
  others.reader.put("enabled", configVariable, false);
  others.reader.notices.push({ level: "warn", code: "GSM_CONFIG_FILE_WRONG", line });
  return { ...others, file: "wrong" };
}

function listed(places: readonly string[]): string {
  const shown = [...new Set(places)];
  const more = shown.length - maxNamed;
  return shown.slice(0, maxNamed).map(plainText).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
