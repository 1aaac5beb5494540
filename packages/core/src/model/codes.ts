/**
 * Every stable code: of the errors that Gossamer throws, and of the lines that it says about itself. A code never changes its meaning, and its words may.
 *
 * The type says what has the code: an error, or a line at the level `warn` or `info`. A line with both has the weaker one where the service can do
 * without what happened. `pnpm generate` writes `docs/codes.md` from here.
 */
export interface Codes {
  /** There is no option of that name. If a known name is similar, the message suggests it. */
  GSM_OPTION_UNKNOWN: "error";
  /** An option was given a value of the wrong type, such as a string for a number. Values are never converted. */
  GSM_OPTION_TYPE: "error";
  /** The type is right but the value is not: out of range, too long, not one of the allowed words, or in the wrong format. */
  GSM_OPTION_RANGE: "error";
  /** Options set in code contradict each other. Remove one of them. */
  GSM_OPTION_CONFLICT: "error";
  /** An option has a property that is not allowed: one that would reach a prototype (such as `__proto__`), or a header that the exporter sets itself. */
  GSM_OPTION_REFUSED: "error";
  /** An option could not be read: a getter or a proxy threw. */
  GSM_OPTION_UNREADABLE: "error";
  /** A file named by an option, or the text given instead, cannot be used: it is not a certificate or key, or no parser is available for it. */
  GSM_OPTION_FILE: "error";
  /** Code tried to change, at runtime, an option that is fixed at startup. */
  GSM_OPTION_FIXED: "error";
  /** A sampling rule is invalid, by itself or together with the others: its pattern cannot be parsed, or no request can ever reach it. */
  GSM_RULE: "error";
  /** A file of the package that an option needs is missing or damaged. Reinstall the package, or configure the bundler to use the export condition `module`. It is a line if that shows only while the service runs: what needs the file is then left out. */
  GSM_PART_MISSING: "error" | "warn";
  /** A workload (the code that `@gossamer/measure` runs) cannot be measured: it failed, never answered, or gave a different answer with telemetry. */
  GSM_WORKLOAD: "error";

  /** The share of requests that is traced, and where that setting comes from. One line at startup. */
  GSM_START: "info";
  /** How much was exported, is queued and was dropped in the last minute; with `summaryLine: true`. */
  GSM_SUMMARY: "info";
  /** An environment variable has an invalid value and is ignored. */
  GSM_VARIABLE_VALUE: "warn";
  /** A variable, or the feature it names, is not supported; the line says what applies instead. It is `info` where the service can do without it. */
  GSM_VARIABLE_UNSUPPORTED: "warn" | "info";
  /** A variable was set after the engine was created and is ignored. Load variables before the call that creates the engine; the line names that call. */
  GSM_VARIABLE_LATE: "warn";
  /** The configuration file named by `OTEL_CONFIG_FILE` cannot be read or is invalid. The service runs without telemetry. */
  GSM_CONFIG_FILE_WRONG: "warn";
  /** The configuration file refers to variables that are not set and have no default; they are replaced by nothing. The line names them. */
  GSM_CONFIG_FILE_UNSET: "warn";
  /** Settings in the configuration file that are unknown or do not apply here are ignored; the line names them. */
  GSM_CONFIG_FILE_PARTS: "info";
  /** An option you did not set was adjusted to fit one you did. If you do not want that, set both. */
  GSM_OPTION_MOVED: "warn" | "info";
  /** An option you set has no effect in combination with the others. */
  GSM_OPTION_UNUSED: "warn";
  /** The port in the collector's address is the usual one for the other protocol (4317 gRPC, 4318 HTTP). */
  GSM_PROTOCOL_PORT: "warn";
  /** The process already has an engine, and a later call passed different options. They are ignored: the options of the first call remain in effect. The line names the call. */
  GSM_ENGINE_EXISTS: "warn";
  /** Telemetry was requested after `shutdown()`: nothing is recorded or sent any more. Call `resetTelemetry()` to start again. Logged once. */
  GSM_ENGINE_ENDED: "warn";
  /** The adapter is mounted wrongly: its export was used without being called, or belongs to another framework. Requests pass through unobserved; the line says what to write instead. Logged once. */
  GSM_WRONG_MOUNT: "warn";
  /** Most routes of an Express app were added before `app.use(telemetry())`, so Express answers their requests before Gossamer sees them. Move the call up. Logged at the first request that reaches Gossamer, once per app. */
  GSM_ROUTE_ORDER: "warn";
  /** Another OpenTelemetry provider was registered first; spans go through it and follow its rules. */
  GSM_API_GUEST: "warn";
  /** Because of `register: "always"`, the engine replaced a provider that was registered before it. */
  GSM_API_EVICTED: "warn";
  /** `@opentelemetry/api` is installed in two incompatible versions. Spans created through it are lost until only one version is installed. */
  GSM_API_TWICE: "warn";
  /** Another context manager is registered, so spans lose their parents. Create Gossamer before it. */
  GSM_API_CONTEXT: "warn";
  /** Nest runs on a platform that has no adapter, so its requests are not observed. Logged by Nest's own logger. */
  GSM_NEST_PLATFORM: "warn";
  /** Another plugin starts a second server span for each request of a Fastify app. Register that plugin before Gossamer, which then uses its span. */
  GSM_FASTIFY_ORDER: "warn";
  /** Fastify logs each request in addition to Gossamer's request line. Turn off Fastify's own logging (`disableRequestLogging`) or Gossamer's `requestLine`. */
  GSM_FASTIFY_LINES: "warn";
  /** An OpenTelemetry SDK was started after Gossamer, so each records only part of the telemetry. Start the SDK first, or pass its exporters to Gossamer (`spanExporters`). */
  GSM_API_LATE_SDK: "warn";
  /** Another metrics provider was registered first; metrics recorded through `@opentelemetry/api` go to it. */
  GSM_API_METRICS: "warn";
  /** A metric was given a value or attributes that cannot be recorded; the measurement is dropped. Logged once per instrument. */
  GSM_METRIC_VALUE: "warn";
  /** A metric has an invalid name, unit or advisory parameter, or there are too many metrics. Logged once. */
  GSM_METRIC_NAME: "warn";
  /** Two views produce a metric of the same name from the same instrument; only the first is exported. */
  GSM_VIEW_CONFLICT: "warn";
  /** A view asks for something that one of the engine's own metrics does not support, such as another aggregation. The rest of the view applies. */
  GSM_VIEW_UNUSED: "warn";
  /** Two metrics of the same library have the same name and differ in kind, unit or description. */
  GSM_METRIC_CONFLICT: "warn";
  /** A library records a metric under a name the engine already uses, as instrumentation-http does for requests. The library's values are ignored, so nothing is counted twice. */
  GSM_METRIC_OWN_NAME: "info";
  /** A metric has reached its maximum number of series; further ones share an overflow series. Logged once per instrument, when metrics are collected. */
  GSM_METRIC_SERIES: "warn";
  /** Another metric already has this metric's name in the Prometheus text, so this metric is left out there. Logged once per metric. */
  GSM_PROMETHEUS_NAME: "warn";
  /** A `node:cluster` worker sent the primary data that is not metrics. The primary keeps using the worker's last valid metrics. Logged once per worker. */
  GSM_CLUSTER_MESSAGE: "warn";
  /** The callback of an observable metric throws or does not return in time. Logged once per instrument. */
  GSM_METRIC_CALLBACK: "warn";
  /** The sampling file was read and its settings are in effect. */
  GSM_SAMPLING_FILE: "info";
  /** The sampling file cannot be read or is invalid. The previous settings stay in effect. */
  GSM_SAMPLING_FILE_WRONG: "warn";
  /** The sampling endpoint has returned valid strategies, for the first time or after a failure, and they are in effect. */
  GSM_REMOTE_SAMPLING: "info";
  /** The sampling endpoint cannot be reached or returned invalid strategies. The previous settings stay in effect. */
  GSM_REMOTE_SAMPLING_WRONG: "warn";
  /** Operations from a central sampling configuration that do not name a server request are ignored: `GET /users/:id` names one, the name of another span does not. */
  GSM_OPERATIONS_LEFT_OUT: "info";
  /** A span was never ended, so the engine ended it (after `maxSpanAgeMs`). Logged once per span name. */
  GSM_SPAN_LEAKED: "warn";
  /** A `SpanExporter` of `exporter` or `spanExporters` fails; its spans are lost. */
  GSM_PLUGIN_FAILS: "warn";
  /** The `SpanExporter` works again. */
  GSM_PLUGIN_WORKS: "info";
  /** No endpoint was set, and no collector answers at the default address. Telemetry is queued up to the limits of `queue`. */
  GSM_COLLECTOR_ABSENT: "info";
  /** The collector cannot be reached. Telemetry is queued up to the limits of `queue`, and sent when the collector is back. */
  GSM_COLLECTOR_UNREACHABLE: "warn";
  /** The collector responds that it cannot accept telemetry now. The batch is retried. */
  GSM_COLLECTOR_BUSY: "warn";
  /** The collector works again. The line has the level of the one that reported the trouble. */
  GSM_COLLECTOR_WORKS: "warn" | "info";
  /** The collector rejected telemetry for good (for example with status 400). The batch is dropped and counted. */
  GSM_COLLECTOR_REFUSED: "warn";
  /** The collector accepted a batch but rejected part of it (partial success), or returned a warning about it. */
  GSM_COLLECTOR_PARTLY: "warn";
  /** StatsD cannot be reached. Metrics recorded meanwhile are queued up to a limit. */
  GSM_STATSD_UNREACHABLE: "warn";
  /** StatsD can be reached again. */
  GSM_STATSD_WORKS: "info";
  /** Some telemetry could not be encoded and was dropped and counted. */
  GSM_UNSENDABLE: "warn";
  /** A queue is nearly full (`queue.warningRatio`). Anything that no longer fits will be dropped and counted. */
  GSM_QUEUE_FILLS: "warn";
  /** The queue has room again. */
  GSM_QUEUE_ROOM: "info";
  /** Telemetry is being dropped. `GSM_DROPS_END` will give the number. */
  GSM_DROPS_BEGIN: "warn";
  /** Telemetry is no longer being dropped, or the process is ending; the line says how much was dropped. */
  GSM_DROPS_END: "warn";
  /** An exporter keeps failing; its circuit breaker is open, and nothing is sent to it for a while. */
  GSM_BREAKER_OPEN: "warn";
  /** The breaker is closed; the exporter is in use again. */
  GSM_BREAKER_CLOSED: "info";
  /** The spool (the files of `fallback: "file"`) cannot be written. Telemetry stays in memory, up to the limits of `queue`. */
  GSM_SPOOL_FAILS: "warn";
  /** The spool can be written again. */
  GSM_SPOOL_WORKS: "info";
  /** Spool files of an earlier process are incomplete or damaged; unreadable records are skipped. */
  GSM_SPOOL_DAMAGED: "warn";
  /** The spool contains telemetry that an earlier process could not send; this process sends it now. */
  GSM_SPOOL_FOUND: "info";
  /** Telemetry is left in the spool at shutdown; the next process will send it. */
  GSM_SPOOL_LEFT: "info";
  /** Telemetry was reduced because it costs more than allowed, or because the process needs the CPU or memory. The line says which. */
  GSM_GOVERNOR_DOWN: "warn";
  /** Telemetry costs more than allowed, but dropping traces would save almost nothing, so all traces are kept. Logged once. */
  GSM_GOVERNOR_IDLE: "info";
  /** Telemetry was increased again. */
  GSM_GOVERNOR_UP: "info";
  /** A rule of `overhead.optimize` changed how telemetry is sampled or exported. The line says what and why. */
  GSM_OPTIMIZER_CHANGE: "info";
  /** An optimizer change worsened the figure it was meant to improve, or its effect could not be measured, so it was undone. */
  GSM_OPTIMIZER_UNDONE: "info";
  /** A rule of `overhead.optimize.rules` throws or returns something that is not a proposal. Logged once per rule. */
  GSM_OPTIMIZER_RULE: "warn";
  /** Telemetry holds more memory than `overhead.memory.warnBytes`. */
  GSM_MEMORY_HIGH: "warn";
  /** A callback in the `overhead` option throws or rejects. Logged once per callback. */
  GSM_GOVERNOR_CALLBACK: "warn";
  /** The process or the shutdown ended before everything was delivered. The rest is lost. */
  GSM_END_LOST: "warn";
}

/** A code of what can be: an error, or a line of a level. */
export type CodeOf<Kind extends "error" | "warn" | "info"> = {
  [Code in keyof Codes]: Kind extends Codes[Code] ? Code : never;
}[keyof Codes];

/** The code of an error. */
export type ErrorCode = CodeOf<"error">;

/** Gives an error its code: one of a part that stands alone, whose errors are of JavaScript's own classes. */
export function withCode<E extends Error>(error: E, code: ErrorCode): E & { readonly code: ErrorCode } {
  return Object.assign(error, { code });
}
