import { isGroup, type AnyGroup, type OptionValues } from "./declare/option-entry.ts";
import type { Origin, Origins } from "./settle/merge-layers.ts";
import { optionRoot } from "./declare/option-table.ts";
import type { Settings } from "./settle/settings.ts";

/** One option as the engine runs with it. */
export interface SettingReport extends Origin {
  /** Secrets are masked, functions and objects said by their kind. Undefined where absence means something. */
  readonly value: unknown;
}

/** Every option by its dotted name. */
export type SettingsReport = Readonly<Record<string, SettingReport>>;

const masked = "REDACTED";
/** Options whose value is never shown. */
const secrets: ReadonlySet<string> = new Set(["tickets.secret"]);
/** Options whose members' values are never shown. */
const secretRecords: ReadonlySet<string> = new Set(["otlp.headers"]);
const secretName = /token|secret|passw|pwd|api[-_.]?key|auth|credential|private[-_.]?key|cookie|session/i;

/** Every option with the value that holds, once all were made to fit, and who chose it. */
export function settingsReport(settings: Settings, values: OptionValues, origins: Origins): SettingsReport {
  const report: Record<string, SettingReport> = {};
  const held = heldOtherwise(settings);
  const visit = (group: AnyGroup, given: Node, resolved: Node, prefix: string): void => {
    for (const [name, entry] of Object.entries(group.options)) {
      const dotted = prefix + name;
      if (isGroup(entry)) {
        visit(entry, nodeOf(given[name]), nodeOf(resolved[name]), `${dotted}.`);
        continue;
      }
      const value = Object.hasOwn(held, dotted)
        ? held[dotted]
        : Object.hasOwn(resolved, name)
          ? resolved[name]
          : given[name];
      report[dotted] = { value: shown(dotted, value), ...(origins[dotted] ?? { from: "default" }) };
    }
  };
  visit(optionRoot, { ...values }, { ...settings }, "");
  return report;
}

type Node = Readonly<Record<string, unknown>>;

/** Settings that have another form or place than their option. */
function heldOtherwise({ sampling, exporters, otlp, propagators, limits }: Settings): Node {
  const traces = exporters.traces.map((exporter) => (typeof exporter === "string" ? exporter : "an exporter"));
  const names = traces.length === 0 ? "none" : traces.join(", ");
  const { metrics, logs } = exporters;
  const others = logs === metrics ? `metrics ${metrics}` : `metrics ${metrics}, logs ${logs}`;
  return {
    sampler: sampling.sampler ?? sampling.description ?? (sampling.kind === "ratio" ? undefined : sampling.kind),
    sampleRatio: sampling.kind === "custom" || sampling.kind === "described" ? undefined : sampling.ratio,
    exporter: names === metrics && names === logs ? names : `traces ${names}, ${others}`,
    propagators: propagators.length === 0 ? ["none"] : propagators,
    "limits.truncateMarker": limits.truncateMarker,
    "otlp.tracesEndpoint": otlp.traces.url,
    "otlp.metricsEndpoint": otlp.metrics.url,
    "otlp.logsEndpoint": otlp.logs.url,
    "otlp.proxy": otlp.traces.proxy ?? otlp.metrics.proxy ?? otlp.logs.proxy,
    "otlp.headers": { ...otlp.logs.headers, ...otlp.metrics.headers, ...otlp.traces.headers },
    "otlp.compression": otlp.traces.compression,
    "otlp.timeoutMs": otlp.traces.timeoutMs,
  };
}

function nodeOf(value: unknown): Node {
  return typeof value === "object" && value !== null ? (value as Node) : {};
}

function shown(option: string, value: unknown): unknown {
  if (value !== undefined && secrets.has(option)) return masked;
  switch (typeof value) {
    case "function":
      return "a function";
    case "string":
      return withoutCredentials(value);
    case "object":
      if (value === null) return value;
      if (Array.isArray(value)) return Object.freeze(value.map((item: unknown) => shown(option, item)));
      return isPlain(value) ? shownRecord(option, value) : "an object";
    default:
      return value;
  }
}

function shownRecord(option: string, record: object): object {
  const isSecret = secretRecords.has(option);
  return Object.freeze(
    Object.fromEntries(
      Object.entries(record).map(([name, member]: [string, unknown]) => [
        name,
        isSecret || secretName.test(name) ? masked : shown(option, member),
      ]),
    ),
  );
}

/** The clock and the like are objects too, and nobody wants to read their members. */
function isPlain(value: object): boolean {
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    !Object.values(value).some((member) => typeof member === "function")
  );
}

/** A URL without its user and the values of its query, where tokens are put; of a private key nothing. */
function withoutCredentials(text: string): string {
  if (text.includes("PRIVATE KEY")) return masked;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username === "" && url.password === "" && url.search === "") return text;
  if (url.username !== "" || url.password !== "") url.username = masked;
  url.password = "";
  for (const name of new Set(url.searchParams.keys())) url.searchParams.set(name, masked);
  return url.href;
}
