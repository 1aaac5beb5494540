import { type Check, finding } from "./finding.ts";
import type { Settings } from "../../options/settle/settings.ts";
import type { SettingsReport } from "../../options/settings-report.part.ts";

/** A ratio above this is more than production services need. */
const highRatio = 0.1;
const highAttributes = 128;
/** The most that a preset for production allows. */
const manyBytes = 128 * 1_048_576;

const environment: Check = ({ settings }) =>
  settings.environment === undefined
    ? finding(
        "environment",
        "warning",
        "No environment is set, so that ratio, queue and delay are those of development.",
        'Set "environment", NODE_ENV or deployment.environment.name to production.',
      )
    : undefined;

const serviceName: Check = ({ serviceName: name }) =>
  typeof name === "string" && name.startsWith("unknown_service")
    ? finding(
        "service-name",
        "error",
        "The service has no name: it is shown together with all others that have none.",
        'Set "serviceName" or OTEL_SERVICE_NAME.',
      )
    : undefined;

const sampleRatio: Check = ({ settings, origins }) => {
  const { kind, ratio } = settings.sampling;
  if (!settings.traces || kind === "custom" || kind === "described" || ratio <= highRatio) return undefined;
  const bound = settings.maxTracesPerSecond === undefined ? " with no per-second limit" : "";
  return finding(
    "sample-ratio",
    bound === "" ? "info" : "warning",
    `${Number((ratio * 100).toPrecision(4))} % of requests are traced${bound} (${originOf(origins, "sampleRatio")}).`,
    'Choose a "sampleRatio" of at most 0.1, or bound it by "maxTracesPerSecond"; failed and slow requests are kept in any case.',
  );
};

const endpoint: Check = ({ settings }) =>
  sendsAnything(settings) && !settings.otlp.endpointGiven
    ? finding(
        "endpoint",
        "warning",
        `No collector is named, so that telemetry goes to ${settings.otlp.traces.url}.`,
        'Set "otlp.endpoint" or OTEL_EXPORTER_OTLP_ENDPOINT.',
      )
    : undefined;

const clearText: Check = ({ settings }) => {
  const open = [settings.otlp.traces, settings.otlp.metrics].find(
    ({ url, headers }) => url.startsWith("http://") && !isLocal(url) && Object.keys(headers).length > 0,
  );
  if (open === undefined) return undefined;
  return finding(
    "clear-text",
    "warning",
    `Headers, which most often hold a token, go to ${new URL(open.url).host} unencrypted.`,
    'Use an https:// address in "otlp.endpoint".',
  );
};

const compression: Check = ({ settings, origins }) =>
  settings.exporters.traces.includes("otlp") &&
  settings.otlp.traces.compression === "none" &&
  !isLocal(settings.otlp.traces.url)
    ? finding(
        "compression",
        "warning",
        `Exports are not compressed (${originOf(origins, "otlp.compression")}): about eight times the bytes.`,
        'Set "otlp.compression" to "gzip".',
      )
    : undefined;

const blocking: Check = ({ settings }) =>
  settings.queue.overflow === "block"
    ? finding(
        "overflow-block",
        "info",
        `A full queue holds new requests back for up to ${settings.queue.maxBlockMs} ms.`,
        'Unless no span may be lost, set "queue.overflow" to "drop-oldest".',
      )
    : undefined;

const memory: Check = ({ settings, origins }) =>
  settings.maxMemoryBytes > manyBytes
    ? finding(
        "memory",
        "warning",
        `Telemetry may take up to ${Math.round(settings.maxMemoryBytes / 1_048_576)} MB while the collector is away (${originOf(origins, "maxMemoryBytes")}).`,
        'Set "maxMemoryBytes" to what the container can spare; the default is 67108864, 64 MiB.',
      )
    : undefined;

const attributes: Check = ({ settings, origins }) =>
  settings.limits.attributes > highAttributes
    ? finding(
        "attributes",
        "warning",
        `A span may have ${settings.limits.attributes} attributes (${originOf(origins, "limits.attributes")}).`,
        'Set "limits.attributes" to 64 or less.',
      )
    : undefined;

const incoming: Check = ({ settings }) =>
  settings.isProduction && settings.trustIncoming === true && settings.traces
    ? finding(
        "trust-incoming",
        "info",
        "Every caller's traceparent is believed, so that any client can have its requests traced.",
        'At a public edge set "trustIncoming" to false, or to a function that knows your own callers.',
      )
    : undefined;

const silence: Check = ({ settings }) =>
  settings.diagnostics === "none"
    ? finding(
        "diagnostics",
        "info",
        "The engine says nothing: lost telemetry shows in status() alone.",
        'Set "diagnostics" to "warn".',
      )
    : undefined;

/** What the settings alone tell. */
export const settingsChecks: readonly Check[] = [
  environment,
  serviceName,
  sampleRatio,
  endpoint,
  clearText,
  compression,
  blocking,
  memory,
  attributes,
  incoming,
  silence,
];

function originOf(origins: SettingsReport, option: string): string {
  const { from, variable, preset } = origins[option] ?? { from: "default" };
  if (from === "variable") return variable ?? "a variable";
  if (from === "preset") return `preset "${preset ?? ""}"`;
  return from === "code" ? `option "${option}"` : from === "environment" ? "by environment" : "default";
}

export function sendsAnything({ exporters }: Settings): boolean {
  return exporters.traces.includes("otlp") || exporters.metrics === "otlp";
}

function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname.startsWith("127.") || hostname === "[::1]";
}
