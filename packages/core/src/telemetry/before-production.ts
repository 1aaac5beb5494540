import { trafficTable } from "../options/default-numbers.ts";
import type { Settings } from "../options/settings.ts";
import type { SettingsReport } from "../options/settings-report.ts";
import type { TelemetryStatus } from "./telemetry-status.ts";

/** Something to look at before a service goes to production. */
export interface Finding {
  /** Stable, for those who want to ignore one: `sample-ratio`. */
  readonly id: string;
  /** `error`: telemetry is lost or wrong. `warning`: it costs or tells more than it should. `info`: worth knowing. */
  readonly severity: "error" | "warning" | "info";
  /** What is, with the numbers. */
  readonly message: string;
  /** What to do about it. */
  readonly fix: string;
}

/** What the checks look at. */
export interface Inspected {
  readonly settings: Settings;
  readonly origins: SettingsReport;
  readonly serviceName: unknown;
  readonly status: TelemetryStatus;
  /** How long the engine has been running. */
  readonly upMs: number;
}

type Check = (inspected: Inspected) => Finding | undefined;

/** A ratio above this is more than production services need. */
const highRatio = 0.1;
const highAttributes = 128;
const manyBytes = 64 * 1_048_576;
/** Traffic of a shorter time says little. */
const leastUpMs = 10_000;
/** Room for the peaks above the mean. */
const peak = 1.5;

const severities = ["error", "warning", "info"] as const;

/** Runs every check; the most serious findings first. */
export function beforeProduction(inspected: Inspected): Finding[] {
  if (!inspected.settings.enabled) {
    return [
      finding("disabled", "info", "Telemetry is off.", 'Take "enabled" or OTEL_SDK_DISABLED away to turn it on.'),
    ];
  }
  return checks
    .flatMap((check) => check(inspected) ?? [])
    .sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}

const environment: Check = ({ settings }) =>
  settings.environment === undefined
    ? finding(
        "environment",
        "warning",
        "No environment is set, so that ratio, queue and delay are those of development.",
        'Set "environment", NODE_ENV or deployment.environment.name to production.',
      )
    : undefined;

const sampleRatio: Check = ({ settings, origins }) => {
  const { kind, ratio } = settings.sampling;
  if (!settings.traces || kind === "custom" || ratio <= highRatio) return undefined;
  const bound = settings.maxTracesPerSecond === undefined ? " without a bound a second" : "";
  return finding(
    "sample-ratio",
    bound === "" ? "info" : "warning",
    `${Number((ratio * 100).toPrecision(4))} % of requests are traced${bound} (${originOf(origins, "sampleRatio")}).`,
    'Choose a "sampleRatio" of at most 0.1, or bound it by "maxTracesPerSecond"; failed and slow requests are kept in any case.',
  );
};

const serviceName: Check = ({ serviceName: name }) =>
  typeof name === "string" && name.startsWith("unknown_service")
    ? finding(
        "service-name",
        "error",
        "The service has no name: it is shown together with all others that have none.",
        'Set "serviceName" or OTEL_SERVICE_NAME.',
      )
    : undefined;

const endpoint: Check = ({ settings }) =>
  sendsAnything(settings) && !settings.otlp.endpointGiven
    ? finding(
        "endpoint",
        "warning",
        `No collector is named, so that telemetry goes to ${settings.otlp.traces.url}.`,
        'Set "otlp.endpoint" or OTEL_EXPORTER_OTLP_ENDPOINT.',
      )
    : undefined;

const collector: Check = ({ status }) => {
  const { collector: state = "reachable", dropped = 0 } = status.traceExport ?? {};
  if (state === "reachable") return undefined;
  return finding(
    "collector",
    "error",
    `The collector does not answer; ${dropped} spans are lost so far.`,
    "Look at its address and whether this machine may reach it. Metrics are made good by the next export.",
  );
};

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

/** Spans a second so far; undefined when it is too early to tell. */
function spansPerSecond({ status, upMs }: Inspected): number | undefined {
  const { accepted = 0, writing = 0 } = status.traceExport ?? {};
  return upMs < leastUpMs ? undefined : ((accepted + writing) * 1_000) / upMs;
}

const batch: Check = (inspected) => {
  const rate = spansPerSecond(inspected);
  if (rate === undefined) return undefined;
  const { maxSpans } = inspected.settings.batch;
  const advised = trafficTable.find(({ upTo }) => rate <= upTo);
  // A smaller batch costs an export a second more, which matters only where there are many.
  if (advised === undefined || rate < 100 || maxSpans >= advised.batchSpans / 2) return undefined;
  return finding(
    "batch",
    "warning",
    `Batches of ${maxSpans} spans at ${Math.round(rate)} spans a second are ${Math.round(rate / maxSpans)} exports a second.`,
    `Set "batch.maxSpans" to ${advised.batchSpans} and "batch.delayMs" to ${advised.delayMs}.`,
  );
};

const queue: Check = (inspected) => {
  const rate = spansPerSecond(inspected);
  if (rate === undefined) return undefined;
  const { queue: bound, batch: sent } = inspected.settings;
  const needed = Math.ceil(rate * (sent.delayMs / 1_000) * peak);
  if (needed <= bound.maxSpans) return undefined;
  return finding(
    "queue",
    "warning",
    `The queue holds ${bound.maxSpans} spans, and ${Math.round(rate)} come a second with a delay of ${sent.delayMs} ms.`,
    `Set "queue.maxSpans" to at least ${needed}, or shorten "batch.delayMs".`,
  );
};

const overflow: Check = ({ status }) => {
  const { drops = {} } = status.traceExport ?? {};
  const lost = Object.entries(drops).filter(([reason]) => reason.includes("queue") || reason.includes("overflow"));
  const count = lost.reduce((sum, [, spans]) => sum + spans, 0);
  if (count === 0) return undefined;
  return finding(
    "overflow",
    "error",
    `${count} spans were dropped because the queue was full.`,
    'Lower "sampleRatio", or raise "queue.maxSpans" and "queue.maxBytes".',
  );
};

const memory: Check = ({ settings, origins }) =>
  settings.queue.maxBytes > manyBytes
    ? finding(
        "memory",
        "warning",
        `Up to ${Math.round(settings.queue.maxBytes / 1_048_576)} MB may wait while the collector is away (${originOf(origins, "queue.maxBytes")}).`,
        'Set "queue.maxBytes" to what the container can spare; the default is 16 MB.',
      )
    : undefined;

const debugAttributes: Check = ({ settings, status }) => {
  const removed = status.spans.attributeDrops["debug"] ?? 0;
  if (settings.preset === "debug") {
    return finding(
      "debug-attributes",
      settings.isProduction ? "error" : "warning",
      'The preset "debug" traces every request with all its attributes.',
      'Choose the preset "balanced" or "minimal".',
    );
  }
  if (!settings.isProduction || removed === 0) return undefined;
  return finding(
    "debug-attributes",
    "info",
    `${removed} attributes named debug.… were removed, as always in production.`,
    "Take them out of the code, or give those that production needs another name.",
  );
};

const attributes: Check = ({ settings, origins }) =>
  settings.limits.attributes > highAttributes
    ? finding(
        "attributes",
        "warning",
        `A span may have ${settings.limits.attributes} attributes (${originOf(origins, "limits.attributes")}).`,
        'Set "limits.attributes" to 64 or less.',
      )
    : undefined;

const series: Check = ({ status }) => {
  const full = status.metrics.instruments.find(({ overflowed }) => overflowed > 0);
  if (full === undefined) return undefined;
  const { attribute = "an attribute", values = 0 } = status.metrics.growing ?? {};
  return finding(
    "series",
    "error",
    `${full.name} has more than ${status.metrics.maxSeries} series: ${attribute} has ${values} values.`,
    `Bound the values of ${attribute}, or raise "maxSeries".`,
  );
};

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

const checks: readonly Check[] = [
  environment,
  serviceName,
  sampleRatio,
  endpoint,
  collector,
  clearText,
  compression,
  batch,
  queue,
  overflow,
  memory,
  debugAttributes,
  attributes,
  series,
  incoming,
  silence,
];

function finding(id: string, severity: Finding["severity"], message: string, fix: string): Finding {
  return { id, severity, message, fix };
}

function originOf(origins: SettingsReport, option: string): string {
  const { from, variable, preset } = origins[option] ?? { from: "default" };
  if (from === "variable") return variable ?? "a variable";
  if (from === "preset") return `preset "${preset ?? ""}"`;
  return from === "code" ? `option "${option}"` : from === "environment" ? "by environment" : "default";
}

function sendsAnything({ exporters }: Settings): boolean {
  return exporters.traces.includes("otlp") || exporters.metrics === "otlp";
}

function isLocal(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname.startsWith("127.") || hostname === "[::1]";
}
