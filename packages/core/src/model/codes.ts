/**
 * Every stable code: of the errors that Gossamer throws, and of the lines that it says about itself. A code never changes its meaning, and its words may.
 *
 * The type says what has the code: an error, or a line at the level `warn` or `info`. A line with both has the weaker one where the service can do
 * without what happened. `pnpm generate` writes `docs/codes.md` from here.
 */
export interface Codes {
  /** There is no option of that name. The message says which one was meant, where one is near. */
  GSM_OPTION_UNKNOWN: "error";
  /** An option was given another kind of value than it takes, such as a text for a number. Nothing is converted. */
  GSM_OPTION_TYPE: "error";
  /** The kind is right and the value is not: out of bounds, too long, not one of the words, not in the form that is asked. */
  GSM_OPTION_RANGE: "error";
  /** Options that were all given contradict each other. Take one of them back. */
  GSM_OPTION_CONFLICT: "error";
  /** An option has a member that is never taken: one that reaches prototypes, or a header that the exporter sets itself. */
  GSM_OPTION_REFUSED: "error";
  /** An option could not be read: a getter or a proxy threw. */
  GSM_OPTION_UNREADABLE: "error";
  /** A file that an option names, or the text in its place, cannot be used: no certificate, no key, no parser for it. */
  GSM_OPTION_FILE: "error";
  /** An option that is fixed at start was to be changed while the service runs. */
  GSM_OPTION_FIXED: "error";
  /** A sampling rule is wrong by itself or beside the others: its pattern cannot be read, or no request ever reaches it. */
  GSM_RULE: "error";
  /** A file of the package that an option asks for is missing or damaged: install the package again, or have the bundler take the condition `module`. */
  GSM_PART_MISSING: "error";
  /** A workload cannot be measured: it failed, never answered, or answers differently with telemetry. */
  GSM_WORKLOAD: "error";

  /** What share of requests is traced, and who chose it. One line at start. */
  GSM_START: "info";
  /** What was exported, waits and was dropped in the last minute, with `summaryLine: true`. */
  GSM_SUMMARY: "info";
  /** A variable has a value that it cannot have. It counts as not set. */
  GSM_VARIABLE_VALUE: "warn";
  /** A variable, or what it names, is not followed; the line says what holds instead. */
  GSM_VARIABLE_UNSUPPORTED: "warn" | "info";
  /** A variable appeared after the engine had been made, and is not followed. Load variables before what starts it, which the line names. */
  GSM_VARIABLE_LATE: "warn";
  /** The configuration file that `OTEL_CONFIG_FILE` names cannot be read, or is wrong. There is no telemetry, and the service runs. */
  GSM_CONFIG_FILE_WRONG: "warn";
  /** The configuration file refers to variables that are not set, and has no default for them: it reads nothing in their place. The line names them. */
  GSM_CONFIG_FILE_UNSET: "warn";
  /** What the configuration file says and does not apply here, or is not known, is passed over; the line names it. */
  GSM_CONFIG_FILE_PARTS: "info";
  /** An option was moved so that it fits another one, which somebody chose. Give both where that is not meant. */
  GSM_OPTION_MOVED: "warn" | "info";
  /** An option that was given does nothing beside the others. */
  GSM_OPTION_UNUSED: "warn";
  /** The port of the collector's address is usually that of the other protocol. */
  GSM_PROTOCOL_PORT: "warn";
  /** The engine of the process was asked for with other options than it was made with, which hold. The line names the call. */
  GSM_ENGINE_EXISTS: "warn";
  /** Telemetry was asked for after its `shutdown()`: nothing is observed or sent any more. `resetTelemetry()` makes room for a new start. Said once. */
  GSM_ENGINE_ENDED: "warn";
  /** Requests reach what an adapter exports where it cannot observe them: it was not called, or is of another framework. They are passed on; the line says what to write. Said once. */
  GSM_WRONG_MOUNT: "warn";
  /** Another OpenTelemetry provider was there first: spans go through it, by its rules. */
  GSM_API_GUEST: "warn";
  /** The engine took the place of the provider that was first, as `register: "always"` says. */
  GSM_API_EVICTED: "warn";
  /** `@opentelemetry/api` is installed twice, in versions that do not work together. Spans made through it are lost until one is left. */
  GSM_API_TWICE: "warn";
  /** Another context manager is registered, so that spans lose their parents. Create Gossamer first. */
  GSM_API_CONTEXT: "warn";
  /** Nest stands on a platform that no adapter knows. Its requests are not observed. Said by Nest's own logger. */
  GSM_NEST_PLATFORM: "warn";
  /** Another plugin begins a second server span for each request of a Fastify app. Register it before Gossamer, where it is found. */
  GSM_FASTIFY_ORDER: "warn";
  /** Fastify logs each request itself, beside the line of Gossamer's. Turn its own off, or `requestLine` of Gossamer's. */
  GSM_FASTIFY_LINES: "warn";
  /** An OpenTelemetry SDK was started after Gossamer, and each sees a part. Start it first, or hand its exporters over. */
  GSM_API_LATE_SDK: "warn";
  /** Another provider of metrics was registered first: what is counted through `@opentelemetry/api` goes to it. */
  GSM_API_METRICS: "warn";
  /** A metric was given a value or attributes that cannot be counted. They are dropped. Said once an instrument. */
  GSM_METRIC_VALUE: "warn";
  /** A metric has a name, unit or advice that it cannot have, or there are too many. Said once. */
  GSM_METRIC_NAME: "warn";
  /** Two views make a metric of one name of one instrument: the first is told. */
  GSM_VIEW_CONFLICT: "warn";
  /** A view asks something of one of the engine's own metrics that it cannot be, such as another aggregation. The rest of the view holds. */
  GSM_VIEW_UNUSED: "warn";
  /** Two metrics of one library have one name and differ otherwise. */
  GSM_METRIC_CONFLICT: "warn";
  /** A library counts by the name of a metric that the engine tells itself, as instrumentation-http counts requests. Its numbers are left out, so that sums count once. */
  GSM_METRIC_OWN_NAME: "info";
  /** A metric has as many series as it may: the rest share one. Said once an instrument, when metrics are collected. */
  GSM_METRIC_SERIES: "warn";
  /** The name of a metric in the Prometheus text is another's already: it is not told there. Said once a metric. */
  GSM_PROMETHEUS_NAME: "warn";
  /** A worker of `node:cluster` sent the primary what is no metrics. It counts with what it said last. Said once a worker. */
  GSM_CLUSTER_MESSAGE: "warn";
  /** A callback of an observable metric throws, or does not answer in time. Said once an instrument. */
  GSM_METRIC_CALLBACK: "warn";
  /** The sampling file was read, and what it says is in force. */
  GSM_SAMPLING_FILE: "info";
  /** The sampling file cannot be read or followed. What was in force stays. */
  GSM_SAMPLING_FILE_WRONG: "warn";
  /** The sampling endpoint has said what to sample, for the first time or after it could not be followed, and that is in force. */
  GSM_REMOTE_SAMPLING: "info";
  /** The sampling endpoint cannot be reached, or what it says cannot be followed. What was in force stays. */
  GSM_REMOTE_SAMPLING_WRONG: "warn";
  /** Operations of a central place that are none of a server's requests are passed over: `GET /users/:id` is one, a span's other name is not. */
  GSM_OPERATIONS_LEFT_OUT: "info";
  /** A span was never ended, and the engine ended it. Said once a name. */
  GSM_SPAN_LEAKED: "warn";
  /** A SpanExporter that was plugged in fails, and its spans are lost. */
  GSM_PLUGIN_FAILS: "warn";
  /** It works again. */
  GSM_PLUGIN_WORKS: "info";
  /** No collector answers where none was named. Telemetry is kept up to its bound. */
  GSM_COLLECTOR_ABSENT: "info";
  /** The collector cannot be reached. Telemetry is kept up to its bound and sent when it is back. */
  GSM_COLLECTOR_UNREACHABLE: "warn";
  /** The collector answers that it cannot take telemetry now. It is sent again. */
  GSM_COLLECTOR_BUSY: "warn";
  /** The collector works again. */
  GSM_COLLECTOR_WORKS: "warn" | "info";
  /** The collector will never take what it was sent. It is dropped and counted. */
  GSM_COLLECTOR_REFUSED: "warn";
  /** The collector accepted a batch and threw some of it away, or remarked on it. */
  GSM_COLLECTOR_PARTLY: "warn";
  /** StatsD cannot be reached. What is counted meanwhile waits up to a bound. */
  GSM_STATSD_UNREACHABLE: "warn";
  /** StatsD can be reached again. */
  GSM_STATSD_WORKS: "info";
  /** Telemetry could not be encoded. It is dropped and counted. */
  GSM_UNSENDABLE: "warn";
  /** A queue is nearly full. What does not fit is dropped and counted. */
  GSM_QUEUE_FILLS: "warn";
  /** It has room again. */
  GSM_QUEUE_ROOM: "info";
  /** Telemetry is being dropped. The count follows when it ends. */
  GSM_DROPS_BEGIN: "warn";
  /** No more is dropped, or the process ends; the line says how much was. */
  GSM_DROPS_END: "warn";
  /** An exporter keeps failing, and its breaker holds telemetry back for a while. */
  GSM_BREAKER_OPEN: "warn";
  /** The exporter is used as before. */
  GSM_BREAKER_CLOSED: "info";
  /** The spool cannot be written. Telemetry stays in memory up to its bound. */
  GSM_SPOOL_FAILS: "warn";
  /** It can be written again. */
  GSM_SPOOL_WORKS: "info";
  /** Files of an earlier process were torn or damaged; what could not be read is passed over. */
  GSM_SPOOL_DAMAGED: "warn";
  /** The spool holds what an earlier process could not send. It is sent now. */
  GSM_SPOOL_FOUND: "info";
  /** What is in the spool at the end is sent by the next process. */
  GSM_SPOOL_LEFT: "info";
  /** There is less telemetry: it costs more than it may, or the process or its memory needs it. The line says which. */
  GSM_GOVERNOR_DOWN: "warn";
  /** Telemetry costs more than it may, nearly all of it for what stays without traces, so that all traces stay. Said once. */
  GSM_GOVERNOR_IDLE: "info";
  /** There is more telemetry again. */
  GSM_GOVERNOR_UP: "info";
  /** A rule of `overhead.optimize` changed how telemetry leaves. The line says what and why. */
  GSM_OPTIMIZER_CHANGE: "info";
  /** Such a change made worse what it named, or nobody can tell, and is undone. */
  GSM_OPTIMIZER_UNDONE: "info";
  /** A rule of `overhead.optimize.rules` throws, or answers what is no proposal. Said once each. */
  GSM_OPTIMIZER_RULE: "warn";
  /** Telemetry holds more memory than it should. */
  GSM_MEMORY_HIGH: "warn";
  /** A callback of the option `overhead` throws or rejects. Said once each. */
  GSM_GOVERNOR_CALLBACK: "warn";
  /** The process ended, or its shutdown did, before all was delivered. The rest is lost. */
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
