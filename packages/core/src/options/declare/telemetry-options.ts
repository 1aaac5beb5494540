import type { AttributeFilter } from "../../model/filters/attribute-filter.ts";
import type { AttributeSet, ExporterName, Propagator, LogLevel } from "../../model/choices.ts";
import type { Attributes } from "../../model/attributes.ts";
import type { Clock } from "../../model/clock.ts";
import type { DiagnosticsLevel } from "../../model/diagnostics.ts";
import type { GovernorChange, GovernorFacts, MemoryUsage } from "../../model/governor/governor-facts.ts";
import type { GovernorStep } from "../../model/governor/governor-steps.ts";
import type { OptimizerRule } from "../../model/governor/optimizer-facts.ts";
import type { MetricView } from "../../model/filters/metric-view.ts";
import type { ExemplarFilter } from "../../model/exemplar-span.ts";
import type { RandomSource } from "../../model/random.ts";
import type { SamplerLike } from "../../model/sampling/sampler.ts";
import type { SamplingRule } from "../../model/sampling/sampling-rule.ts";
import type { PresetName } from "./preset-table.ts";
import type { SpanExporter, SpanProcessor } from "../../model/span-processor.ts";

/**
 * The options you can set; all are optional. Options you leave out come from the `OTEL_*` variables, then from the preset, then from the environment's table, then from the defaults.
 *
 * A wrong value or an unknown name throws an `OptionError` at start. The object is read once, never changed and never kept.
 */
export interface TelemetryOptions<Request = unknown> {
  /** The service's name on all its telemetry. Two services with the same name appear as one. @default the name in the nearest package.json, else unknown_service:node */
  serviceName?: string;
  /** The service's version on all its telemetry. @default the nearest package.json's */
  serviceVersion?: string;
  /** Distinguishes this process from other processes of the same service. If two processes have the same value, their metrics are mixed up. @default a random UUID */
  serviceInstanceId?: string;
  /** Where the service runs, such as production or staging. It sets the defaults for sampling ratio, queue size, batch delay and value length. An unknown name counts as production; no name counts as development. @default deployment.environment.name, NODE_ENV or ENVIRONMENT */
  environment?: string;
  /** Ready-made settings for a purpose; you can still override each value. It takes precedence over the environment's table and yields to variables. A preset sets the ratio, so the default limit of `maxTracesPerSecond` no longer applies. @default none */
  preset?: PresetName;
  /** Additional resource attributes for all the service's telemetry. Each one overrides a detected attribute or an OTEL_RESOURCE_ATTRIBUTES entry of the same name. @default {} */
  resourceAttributes?: Attributes;
  /** Whether there is any telemetry at all. With `false` the service runs without any telemetry, and logs carry no trace ids either. @default true */
  enabled?: boolean;
  /** Whether traces are recorded. @default true */
  traces?: boolean;
  /** Whether metrics are recorded: of requests, of the process, and those of your own. With `false` the true request rate is unknown, because traces are only a sample. @default true */
  metrics?: boolean;
  /** The share of requests to trace, from 0 to 1. A trusted caller's decision takes precedence. Setting it removes the default limit of `maxTracesPerSecond`: 1 traces every request, whatever the load. @default 0.01 in production, 0.1 in staging, 1 in development and test */
  sampleRatio?: number;
  /** Decides which requests are traced, instead of the ratio. A trusted caller's decision takes precedence; to change that, use `parentBased()` with your own branches. Setting it removes the default limit of `maxTracesPerSecond`. @default none */
  sampler?: SamplerLike;
  /** Sampling rules; the first match applies. Rules apply to traces that start in this service, on routes without sampling options of their own. A rule that names a route is evaluated once the route is known, where the framework allows it. @default [] */
  rules?: readonly SamplingRule[];
  /** Rules to try on live traffic without effect. `status()` shows what they would have sampled next to what was sampled. While they are set, the sampling decision is made twice for each request. @default [] */
  dryRun?: readonly SamplingRule[];
  /** A watched file with `sampleRatio`, `rules`, `keep` and `dryRun`, or with Jaeger strategies for several services. It is JSON unless you pass a parser. If the file is invalid, one warning is logged and the previous settings stay in force. @default none */
  samplingFile?: string | SamplingFileOptions;
  /** Jaeger's sampling endpoint, polled for the sampling strategy of each operation. Its per-operation strategies apply after your own rules; its default strategy replaces `sampleRatio` and `sampler`. An empty object uses the default address. @default none */
  remoteSampling?: string | RemoteSamplingOptions;
  /** Observes only a share of the users or tenants, the same ones in every process. Requests outside the rollout are never traced, even if the caller asks for it or the request fails. @default none */
  rollout?: RolloutSwitch<Request>;
  /** Whether to trust an incoming `traceparent`: always, never, or per request. At a public edge, `true` lets any client have its requests traced. @default true */
  trustIncoming?: boolean | ((request: Request) => boolean);
  /** Trace tickets: signed headers with which a request is traced whole. */
  tickets?: TicketOptions;
  /** Which requests are kept although they were not sampled. */
  keep?: KeepOptions;
  /** Maximum new traces per second. If you do not set it, setting a ratio or sampler removes the default limit. @default 100 unless a ratio or sampler is set */
  maxTracesPerSecond?: number;
  /** Maximum recorded spans per second, over everything. Spans above the limit are dropped and counted, including those of failed requests. @default none */
  maxSpansPerSecond?: number;
  /** Whether health probes of load balancers and orchestrators are sampled like other requests. They are recognized by their user agent. With `false` they are not sampled; failed ones are still kept. @default false */
  traceProbes?: boolean;
  /** Maximum spans per request. Spans above the limit are dropped and counted: each span of an open request costs memory. @default 1000 */
  maxSpansPerRequest?: number;
  /** The longest a span may stay open, in ms. An older one is ended and counted as leaked. @default 600000 */
  maxSpanAgeMs?: number;
  /** Whether middleware, hooks, guards, interceptors, pipes and handlers get a span each. A request then has many spans: middleware in Express, hooks and handlers in Fastify; Nest adds guards, interceptors, pipes and handlers. @default false */
  internalSpans?: boolean;
  /** Whether outgoing calls get a span. Needs an official OpenTelemetry instrumentation created with `instrumentationOptions()`. Without a span, the trace context is not passed on to the called service either. @default true */
  outgoingCalls?: boolean;
  /** How context is passed between services; propagators run in the order listed, and only those listed run. `none` cannot be combined with others. `baggage` is sent to every service you call, including third parties. @default ["tracecontext", "baggage"] */
  propagators?: readonly Propagator[];
  /** What baggage is read and passed on. */
  baggage?: BaggageOptions;
  /** Whether Gossamer registers itself as provider with `@opentelemetry/api`: `auto` if no other provider is registered, `always`, or `never`. If another provider stays registered, requests become spans of that provider, sampled, kept and exported by its rules. @default "auto" */
  register?: "auto" | "always" | "never";
  /** How much one span may hold. */
  limits?: LimitOptions;
  /** How many of the attributes in OpenTelemetry's semantic conventions go on server spans. `minimal`: method, route, status and error type. `standard`: everything except peer address, host and user agent. `full`: everything, plus the captured headers. @default "full" */
  attributeSet?: AttributeSet;
  /** Attributes to keep or remove, by name or glob, on all spans, events and links; the first matching filter decides. Attributes that match no filter are kept; end the list with `{ remove: "*" }` to keep only those named in it. Old attribute names such as `http.method` also match the new ones; `.*` is treated as `*`. @default [] */
  attributeFilters?: readonly AttributeFilter[];
  /** Query parameters whose values are replaced by `REDACTED`, in addition to the built-in list. @default [] */
  redactQueryParameters?: readonly string[];
  /** Captured headers whose values are replaced by `REDACTED`, in addition to the built-in list, which covers `authorization`, API keys and tokens. For cookies, names are recorded and values are not. @default [] */
  redactHeaders?: readonly string[];
  /** Names or globs of attributes whose values are replaced by REDACTED. This applies to the service's own attributes and to those Gossamer sets. @default [] */
  redactAttributes?: readonly string[];
  /** Request headers to record on spans; names are case-insensitive. Works only with the attribute set `full`. Headers may hold secrets: see `redactHeaders`. @default [] */
  captureRequestHeaders?: readonly string[];
  /** Response headers to record on spans; names are case-insensitive. Works only with the attribute set `full`. Headers may hold secrets: see `redactHeaders`. @default [] */
  captureResponseHeaders?: readonly string[];
  /** Whether the sizes of request and response bodies go on spans and into histograms. They are taken from headers and from the bytes transferred; no body is read or stored. @default false */
  bodySizes?: boolean;
  /** The HTTP methods to report by name, instead of the built-in list; all others are reported as `_OTHER`. Each method adds one metric series per route. @default RFC 9110, PATCH and QUERY */
  knownMethods?: readonly string[];
  /** The upper bounds of the duration histogram's buckets, in seconds, increasing. After a change, new data cannot be compared with stored data. @default 0.005 to 10, as the conventions say */
  boundaries?: readonly number[];
  /** How metrics report the response status: by group (such as `2xx`), by code, or both. Each code adds one series per route. @default "group" */
  statusAttribute?: "group" | "code" | "both";
  /** Whether exported sums count since the start or since the last export. With `delta`, counts wait while the collector cannot be reached; those that it refuses are lost. @default "cumulative" */
  temporality?: "cumulative" | "delta";
  /** How often metrics are exported, in ms. @default 60000 */
  metricIntervalMs?: number;
  /** The longest one metrics export may take, including retries, in ms; at most `metricIntervalMs`. @default 30000 */
  metricTimeoutMs?: number;
  /** Maximum series per instrument; further ones share one overflow series. Each series costs about 300 bytes in this process, and money in most backends. @default 2000 */
  maxSeries?: number;
  /** Maximum names of operations (`telemetry.operation`), which clients may choose; further ones share the name `_OTHER`. Each name adds a series per route. @default 200 */
  maxOperations?: number;
  /** How metrics are exported: renamed, with fewer attributes, with other buckets, or not at all. Each view that matches an instrument produces a metric. `httpView`, `dbView` and `dropDebug` are ready-made views. @default [] */
  views?: readonly MetricView[];
  /** Which measurements become exemplars (examples of a metric, with the ids of their trace). `traced`: those whose span is recorded, so that each leads to a trace that exists; `all`: any; `none`: none. @default "traced" */
  exemplars?: ExemplarFilter;
  /** Whether to measure the process's CPU, memory, heap, garbage collection and event loop: `true` for all, or an object to switch some off. They are read when metrics are collected. @default false; true with the presets `balanced` and `debug` */
  processMetrics?: boolean | ProcessMetricsOptions;
  /** StatsD, to which metrics are also sent: in the form of DogStatsD, plain StatsD or Telegraf. An empty object sends to the address in `DD_DOGSTATSD_URL` or `DD_AGENT_HOST`, else to this machine. @default none */
  statsd?: StatsdOptions;
  /** Where telemetry is sent: to a collector by OTLP, spans to the console or to a SpanExporter of OpenTelemetry, or nowhere. In a list, the next exporter is used while those before it keep failing. Metrics and log records leave by OTLP alone: if the list names it, or beside other exporters if an endpoint is set. @default "otlp"; in a test run (NODE_ENV=test, Vitest, Jest) "none", unless code sets an exporter or endpoint */
  exporter?: ExporterName | SpanExporter | readonly (ExporterName | SpanExporter)[];
  /** Span processors that see recorded spans start and end, in addition to Gossamer's own export: SpanProcessors of the OpenTelemetry SDK 2 or 3, or your own. They run in the request path. @default [] */
  spanProcessors?: readonly SpanProcessor[];
  /** Additional exporters of recorded spans, in batches: SpanExporters of the OpenTelemetry SDK 2 or 3, or your own. With `exporter: "none"` spans leave through these alone. Each has a queue of its own, of `queue.maxSpans`; failed spans are not retried. @default [] */
  spanExporters?: readonly SpanExporter[];
  /** How the collector is reached. */
  otlp?: OtlpOptions;
  /** What waits to be sent. */
  queue?: QueueOptions;
  /** What is sent in one export. */
  batch?: BatchOptions;
  /** Adjusts batch size and delay to the traffic. */
  dynamicBatch?: DynamicBatchOptions;
  /** What waits of failed requests: they have a lane of their own, which is served first. */
  errorsLane?: ErrorsLaneOptions;
  /** What waits of routes and spans that name the lane `jobs`: few large batches. */
  jobsLane?: JobsLaneOptions;
  /** Which log records are exported by OTLP, if a logger passes them on (`createLogger(telemetry, { otlp: true })` or `telemetry.loggerProvider`). Records at `warn` and above are always exported. `sampled` also exports lower levels if their trace is sampled or kept, or if they belong to no trace; `all` exports everything. @default "sampled" */
  logRecords?: "sampled" | "all";
  /** What waits of log records. */
  logsLane?: LogsLaneOptions;
  /** The circuit breaker: when sending to an exporter that keeps failing is paused. */
  breaker?: BreakerOptions;
  /** What happens to batches while an exporter's circuit breaker is open. `drop`: they wait in their queue, and what does not fit is dropped. `file`: they are written to unencrypted files and sent later, also after a restart. `ring`: the newest are kept in memory. `console`: they are printed. @default "drop" */
  fallback?: "drop" | "console" | "file" | "ring";
  /** The spool: the files of the fallback `file`. */
  spool?: SpoolOptions;
  /** Maximum bytes in the fallback `ring`. They count towards `maxMemoryBytes`. @default 4194304 */
  maxRingBytes?: number;
  /** Maximum bytes of queued telemetry in memory, over all queues. Above the limit the oldest are dropped, those of successful requests before those of failed ones. @default 67108864 */
  maxMemoryBytes?: number;
  /** Whether to log one line per minute with the amounts exported, queued and dropped. @default false */
  summaryLine?: boolean;
  /** What happens when the process ends. */
  shutdown?: ShutdownOptions;
  /** Levels of Gossamer's own log lines that are written: none, warnings, or also information. With `none` only `status()` shows lost telemetry. @default "info" */
  diagnostics?: DiagnosticsLevel;
  /** Receives Gossamer's own log lines. It is called outside requests; if it throws, the error is ignored. @default standard error */
  log?: (line: string) => void;
  /** The lowest level that the service's loggers write, until it is changed at run time. Request lines are apart: see `requestLine`. @default debug with DEBUG=true, warn in production, else info */
  logLevel?: LogLevel;
  /** Which requests get a log line, if a logger is connected. `true`: those whose trace is sampled or kept, and those that end with a warning or an error. `failures`: only the latter. `all`: every request. `false`: none. The line is written whatever `logLevel` is. @default true */
  requestLine?: boolean | "all" | "failures";
  /** Returns the `error.type` of a thrown value for span, metric and log line. Each name adds one series per route, so name kinds of errors, not single cases. @default the error's class */
  categorizeError?: (error: unknown) => string | undefined;
  /** What telemetry may cost, and what it does about it. */
  overhead?: OverheadOptions;
  /** The clock to use, for tests. @default the monotonic clock of the process */
  clock?: Clock;
  /** The source of random bits. With a weak source, ids of two services can collide. @default xoshiro128**, seeded by the operating system */
  random?: RandomSource;
}

/** A file that controls sampling. */
export interface SamplingFileOptions {
  /** The file's path; the file may be created later. */
  path: string;
  /** Parses the file's text, for example `parse` from the `yaml` package. @default JSON.parse */
  parse?: (text: string) => unknown;
  /** How often the file is checked for changes, in ms. @default 5000 */
  pollMs?: number;
}

/** How to poll an endpoint for sampling strategies. */
export interface RemoteSamplingOptions {
  /** The address of the sampling endpoint. Over HTTP, the default path is /sampling. It is reached directly, without a proxy. @default "http://localhost:5778" */
  url?: string;
  /** The protocol of the sampling endpoint. @default "grpc" at port 14250 and 5779, else "http" */
  protocol?: "http" | "grpc";
  /** How often the endpoint is polled, in ms, ±10 % at random. Each consecutive failure doubles the wait, up to ten minutes. @default 60000 */
  pollMs?: number;
  /** The longest to wait for one response, in ms. @default 5000 */
  timeoutMs?: number;
  /** The share of requests to trace until the endpoint first responds. Setting it removes the default limit of `maxTracesPerSecond`. @default the value of `sampleRatio` */
  initialRatio?: number;
}

/** How metrics are sent to StatsD. */
export interface StatsdOptions {
  /** `udp://host:8125`, `tcp://host:8125`, or `unixstream:///var/run/datadog/dsd-stream.socket`, the agent's `dogstatsd_stream_socket`. The data is sent unencrypted. @default DD_DOGSTATSD_URL, DD_AGENT_HOST and DD_DOGSTATSD_PORT, else udp://localhost:8125 */
  url?: string;
  /** `dogstatsd` has tags and several values per entry; `telegraf` puts tags into the name; `statsd` has no tags, so their values become part of the name. @default "dogstatsd" */
  flavor?: "dogstatsd" | "statsd" | "telegraf";
  /** Prepended to every metric name. @default "" */
  prefix?: string;
  /** How often counts are sent, in ms. @default 10000 */
  flushEveryMs?: number;
  /** Maximum entries per packet. @default 100 */
  maxEntries?: number;
  /** Maximum bytes per packet; a longer entry is dropped and counted. @default 1432; for `unixstream` 8192 */
  maxPacketBytes?: number;
  /** Tags added to every entry, in addition to the service's name, environment and version. @default {} */
  tags?: Attributes;
  /** `short` names the request tags `endpoint`, `method` and `status_group`. @default "conventions" */
  tagNames?: "conventions" | "short";
}

/** Which process metrics to record. */
export interface ProcessMetricsOptions {
  /** CPU time and uptime of the process. @default true */
  cpu?: boolean;
  /** Resident memory of the process. @default true */
  memory?: boolean;
  /** Sizes of V8's heap spaces. @default true */
  heap?: boolean;
  /** Duration of garbage collections. @default true */
  gc?: boolean;
  /** How busy the event loop is. Its delay is apart: see `loopDelayResolutionMs`. @default true */
  loop?: boolean;
  /** Open file descriptors, read at most once a minute, on systems that expose them. @default true */
  handles?: boolean;
  /** How often the delay of the event loop is sampled, in ms; 0 means never. At 10, sampling alone takes 1 % of a core. @default 0; 50 with the preset `debug` */
  loopDelayResolutionMs?: number;
}

/** Settings for observing only a share of the users or tenants. */
export interface RolloutSwitch<Request = unknown> {
  /** The share of keys to observe, from 0 to 1. When you raise it, keys already observed stay observed. @default 0.01 */
  ratio?: number;
  /** Where to find a request's user or tenant: a header, a baggage entry of a trusted caller, or a function. A request without one is outside the rollout. */
  key: { readonly header: string } | { readonly baggage: string } | ((request: Request) => string | undefined);
  /** Distinguishes rollouts, so that the same users are not the first in each. @default "" */
  salt?: string;
  /** What requests outside the rollout still get: metrics, or nothing. @default "metrics" */
  outside?: "metrics" | "nothing";
}

/** Which trace tickets (signed headers with which a request is traced whole) are accepted, and what signs those made here. */
export interface TicketOptions {
  /** The secret that signs and verifies tickets: at least 32 characters, shared by the services that accept each other's tickets, and known to nobody else. In a list (five at most) the first signs and all verify, so that secrets can be rotated. Without a secret tickets are ignored. @default GOSSAMER_TICKET_SECRET */
  secret?: string | readonly string[];
  /** The header that carries tickets. It must not be a header with another meaning, such as `traceparent` or `cookie`. If the header is captured, its value is recorded as `REDACTED`. @default "gossamer-ticket" */
  header?: string;
  /** Maximum signatures checked per second; further tickets are ignored. This bounds the cost of a flood of invalid tickets. @default 100 */
  maxChecksPerSecond?: number;
}

/** Which unsampled requests are kept (exported all the same) once they have ended. `true`: all; `false`: none; a number from 0 to 1: that share. */
export interface KeepOptions {
  /** The share of requests that end in 5xx or throw which is kept. @default 1 */
  errors?: number | boolean;
  /** The share of aborted requests which is kept: their response broke off, mostly because the client disconnected. @default 1 */
  aborted?: number | boolean;
  /** The duration from which a request counts as slow, in ms. @default 1000 */
  slowerThanMs?: number;
  /** The share of slow requests which is kept. @default 1 */
  slow?: number | boolean;
  /** Whether the child spans of an unsampled request are buffered until it ends, in case it is kept. At most 64 per request and 8192 in total; recording them costs as much as for sampled requests. @default false */
  trace?: boolean;
  /** Maximum requests kept per second in this process; each route may keep one a second regardless. In an outage every request may fail; this limit bounds the cost. @default 100 */
  maxPerSecond?: number;
}

/** How much one span may hold. Anything above is dropped or cut, and the span records that. */
export interface LimitOptions {
  /** Maximum characters per string value, including the truncation marker. @default 500 in production, 1000 in staging, 2000 in development and test */
  valueLength?: number;
  /** Appended to a truncated string. @default "..." */
  truncateMarker?: string;
  /** Maximum elements per array. @default 100 */
  arrayItems?: number;
  /** Maximum attributes per span. Gossamer's own attributes take precedence. @default 64 */
  attributes?: number;
  /** Maximum events per span. @default 128 */
  events?: number;
  /** Maximum links per span. @default 32 */
  links?: number;
  /** Maximum attributes per event. @default the value of `limits.attributes` */
  eventAttributes?: number;
  /** Maximum attributes per link. @default the value of `limits.attributes` */
  linkAttributes?: number;
}

/** Which baggage is read and passed on. Entries above the limits are dropped and counted. */
export interface BaggageOptions {
  /** Maximum entries, over all headers of a request. @default 180 */
  maxEntries?: number;
  /** Maximum bytes, over all headers of a request. @default 8192 */
  maxBytes?: number;
  /** Names or globs of the entries to read from callers; all others are ignored. @default ["*"] */
  allowIncoming?: readonly string[];
  /** Names or globs of the entries to send to called services, including third parties; no others are sent. @default ["*"] */
  allowOutgoing?: readonly string[];
  /** Whether to pass on baggage from untrusted callers, to the service's own code and to called services. Either way, it never influences sampling or a rollout. @default false */
  fromUntrusted?: boolean;
}

/** How the collector is reached. */
export interface OtlpOptions {
  /** The collector's address; v1/traces, v1/metrics and v1/logs are added to its path. With `http://`, telemetry is sent unencrypted. @default http://localhost:4318; with gRPC http://localhost:4317 */
  endpoint?: string;
  /** The full address for traces; no path is added. @default the endpoint with v1/traces */
  tracesEndpoint?: string;
  /** The whole address for metrics, used as it is. @default the endpoint with v1/metrics */
  metricsEndpoint?: string;
  /** The whole address for log records, used as it is. @default the endpoint with v1/logs */
  logsEndpoint?: string;
  /** The protocol to the collector. gRPC uses one connection and ignores the path of the address; its port is usually 4317. @default "http/protobuf" */
  protocol?: "http/protobuf" | "grpc";
  /** The certificate authority to trust: PEM text, or the path of a PEM file. It replaces Node's own list. @default Node's list */
  certificate?: string;
  /** The client certificate for mutual TLS: PEM text, or the path of a PEM file. It needs `otlp.clientKey`. @default none */
  clientCertificate?: string;
  /** The private key of `otlp.clientCertificate`: PEM text, or the path of a PEM file. It is a secret. @default none */
  clientKey?: string;
  /** Headers to send with every export, such as a token. Each one overrides the header of the same name in OTEL_EXPORTER_OTLP_HEADERS. @default {} */
  headers?: Readonly<Record<string, string>>;
  /** How export requests are compressed. @default "gzip" */
  compression?: "gzip" | "none";
  /** gzip compression level, from 1 to 9. Level 6 saves one percentage point more than level 3 and costs twice the CPU. @default 3 */
  gzipLevel?: number;
  /** The longest one attempt may take, from connecting to the last byte of the response, in ms. @default 10000 */
  timeoutMs?: number;
  /** The longest connecting may take, in ms; it counts towards `timeoutMs`. @default 10000 */
  connectTimeoutMs?: number;
  /** Maximum connections to the collector. @default 10 */
  connections?: number;
  /** The proxy to reach the collector through, such as `http://user:password@proxy:3128`. It is used with CONNECT, for HTTP and gRPC, and for every address: NO_PROXY does not apply to it. @default from HTTPS_PROXY, HTTP_PROXY and NO_PROXY if NODE_USE_ENV_PROXY=1, else none */
  proxy?: string;
  /** How long a connection is used, in ms, ±20 % at random. A new connection can reach collectors that were added later under the same name. @default 300000 */
  maxConnectionAgeMs?: number;
  /** Maximum concurrent exports. @default 10 */
  maxConcurrentExports?: number;
  /** When an export is tried again. */
  retry?: RetryOptions;
}

/** When to retry an export. Only exports that the collector may accept later are retried. */
export interface RetryOptions {
  /** Maximum attempts per batch, including the first. @default 5 */
  attempts?: number;
  /** The wait before the second attempt, in ms. It doubles with each further attempt, with jitter. @default 500 */
  initialMs?: number;
  /** The longest wait between two attempts, in ms. @default 5000 */
  maxMs?: number;
  /** The longest all attempts for a batch may take together, in ms. @default 30000 */
  totalMs?: number;
}

/** The queue of spans that wait to be sent. By default a full queue drops its oldest spans, those of successful requests before those of failed ones (see `queue.overflow`). */
export interface QueueOptions {
  /** Maximum spans in the queue; at least `batch.maxSpans`. @default 15000 in production, 5000 in staging, 1000 in development and test */
  maxSpans?: number;
  /** Maximum bytes. The queue may hold this much memory while the collector is unreachable. @default 16777216 */
  maxBytes?: number;
  /** What happens when the queue is full. `drop-oldest` drops the oldest spans; `drop-newest` drops new ones; `spill` passes the oldest to the fallback, which must be `file` or `ring`; `block` delays new requests before their handler, so a failing collector slows down the service. @default "drop-oldest" */
  overflow?: "drop-oldest" | "drop-newest" | "spill" | "block";
  /** The share of a queue, from 0 to 1, above which a warning is logged. @default 0.8 */
  warningRatio?: number;
  /** The longest `block` delays a request, in ms. While the collector is unreachable, every request may wait this long. @default 500 */
  maxBlockMs?: number;
}

/** What is sent in one export. */
export interface BatchOptions {
  /** Maximum spans per batch; a full batch is sent immediately. At most `queue.maxSpans`. @default 512 */
  maxSpans?: number;
  /** Maximum bytes per batch; a full batch is sent immediately. At most `queue.maxBytes`. Collectors refuse bodies above a limit of their own. @default 1048576 */
  maxBytes?: number;
  /** A batch is sent when its oldest span has waited this long, in ms. @default 5000 in production, 5000 in staging, 1000 in development and test */
  delayMs?: number;
}

/** Adjusts batch size and delay to the traffic. */
export interface DynamicBatchOptions {
  /** Whether batch size and delay follow the traffic; `batch.maxSpans` and `batch.delayMs` then have no effect. @default false */
  enabled?: boolean;
  /** The batch size at low traffic. @default 128 */
  minSpans?: number;
  /** The batch size at high traffic. @default 4096 */
  maxSpans?: number;
  /** The delay at high traffic, in ms. @default 1000 */
  minDelayMs?: number;
  /** The delay at low traffic, in ms. @default 10000 */
  maxDelayMs?: number;
  /** How full a batch should be when its delay is over, from 0.05 to 1. @default 0.7 */
  targetUse?: number;
}

/** The lane of failed requests: a queue of its own, which is served first. */
export interface ErrorsLaneOptions {
  /** Maximum number of spans in this lane. @default 1000 */
  maxSpans?: number;
  /** A batch is sent when its oldest span has waited this long, in ms. @default 1000 */
  delayMs?: number;
}

/** The lane `jobs`: a queue of its own for routes and spans that set `lane: "jobs"`, sent in few large batches. */
export interface JobsLaneOptions {
  /** Maximum number of spans in this lane. @default 4500 */
  maxSpans?: number;
  /** A batch is sent when its oldest span has waited this long, in ms. @default 60000 */
  delayMs?: number;
}

/** The queue of log records. A full queue drops the oldest, errors last. */
export interface LogsLaneOptions {
  /** Maximum records. @default 2048 */
  maxRecords?: number;
  /** Maximum records per batch; a full batch is sent immediately. @default 512 */
  batchRecords?: number;
  /** A batch is sent when its oldest record has waited this long, in ms. A crash loses at most the records of this period. @default 1000 */
  delayMs?: number;
  /** The longest all attempts for a batch may take together, in ms. @default 30000 */
  totalMs?: number;
}

/** The circuit breaker: when sending to an exporter that keeps failing is paused. */
export interface BreakerOptions {
  /** Enables the circuit breaker. @default true */
  enabled?: boolean;
  /** Consecutive failed attempts that open the circuit breaker. @default 5 */
  failures?: number;
  /** The share of failed attempts within the window that opens the circuit breaker, from 0.01 to 1. @default 0.5 */
  failureRatio?: number;
  /** The length of the window of `breaker.failureRatio`, in ms. @default 10000 */
  windowMs?: number;
  /** Minimum attempts in the window before the ratio counts. @default 10 */
  minCalls?: number;
  /** How long the circuit breaker stays open, in ms, ±20 % at random; nothing is sent meanwhile. @default 60000 */
  openMs?: number;
  /** Maximum trial exports after `breaker.openMs`, one at a time. @default 10 */
  trials?: number;
  /** Successful trial exports that close the circuit breaker. @default 3 */
  goodTrials?: number;
}

/** The spool: the files of the fallback `file`. */
export interface SpoolOptions {
  /** The directory of the spool, the files of the fallback `file`: one directory for each service. Everything found in it is sent. It must belong to this user, must not be a link, and must not be writable by anyone else. @default a directory named after the service, in this user's gossamer-spool-… in the system's temporary directory */
  directory?: string;
  /** Maximum bytes of the spool on disk. The oldest batches make room. @default 67108864 */
  maxBytes?: number;
  /** Maximum age of a batch in the spool, in ms; older ones are deleted unsent. @default 86400000 */
  maxAgeMs?: number;
}

/** What happens when the process ends. */
export interface ShutdownOptions {
  /** Whether to handle SIGTERM and SIGINT if no one else listens to them: close the servers, send what is queued and end the process. A second signal ends it immediately. @default true */
  signals?: boolean;
  /** The longest shutdown may take, in ms. If the orchestrator kills the process earlier, unsent telemetry is lost. @default 5000 */
  deadlineMs?: number;
}

/** What telemetry may cost. Gossamer measures its own cost and reduces telemetry when it is too high or when the process needs the resources. */
export interface OverheadOptions {
  /** Whether Gossamer measures its own cost. With `false` it never reduces telemetry either. @default true */
  enabled?: boolean;
  /** The share of the process's CPU that telemetry should stay below, from 0 to 1. Above it at two checks in a row, telemetry is reduced. @default 0.01 */
  target?: number;
  /** The share above which a single check is enough to reduce telemetry, from 0 to 1; at least `target`. @default the greater of `target` and 0.05 */
  red?: number;
  /** The CPU time, in cores, that telemetry may always use, whatever its share; in an idle process the share says little. @default 0.005 */
  minCores?: number;
  /** One request in this many is measured, and about twenty per second at most. @default 128 */
  sampleEvery?: number;
  /** How often the cost is checked, and the shortest time between two changes, in ms. @default 30000 */
  lookEveryMs?: number;
  /** How long nothing may call for less telemetry before there is more again, in ms. It doubles each time that was too early, up to twelve times this value. @default 300000 */
  actEveryMs?: number;
  /** The factor by which each cut multiplies the sampling ratio, from 0.1 to 0.9. @default 0.5 */
  factor?: number;
  /** The lowest ratio that cuts may reach; a ratio that is lower already stays. @default 0.01 */
  minRatio?: number;
  /** The last step that Gossamer may take to reduce telemetry; docs/overhead.md lists them. `full` only measures; with `off` requests are only counted as one total, without route or duration. @default "metrics" */
  floor?: GovernorStep;
  /** Load of the process above which telemetry is reduced. `true` takes the default thresholds, `false` ignores load. @default true */
  load?: boolean | OverheadLoadOptions;
  /** Memory held by telemetry above which it is reduced. `true` takes the default thresholds, `false` ignores it. @default true */
  memory?: boolean | OverheadMemoryOptions;
  /** Whether telemetry tunes itself, a change each `actEveryMs` at most: each is judged one window later, and undone where it made its figure worse. */
  optimize?: OptimizeOptions;
  /** Measures on the live service what traces and request lines cost, by switching them off in windows drawn at random. Request metrics continue. `true` takes the default windows. @default false */
  trial?: boolean | OverheadTrialOptions;
  /** Called on each change, with how far telemetry is reduced, why, and what was measured. @default none */
  onChange?: (change: GovernorChange) => unknown;
  /** Called when telemetry starts to cost more than allowed. @default none */
  onExceeded?: (facts: GovernorFacts) => unknown;
}

/** The utilization above which telemetry is reduced; each value is from 0 to 1. */
export interface OverheadLoadOptions {
  /** CPU use, of the service's thread or of the container's quota, whichever is higher. @default 0.8 */
  cpu?: number;
  /** Memory use, of the container's limit or of the heap's, whichever is higher. @default 0.75 */
  memory?: number;
  /** Event loop utilization. @default 0.9 */
  loop?: number;
  /** Share of the CPU quota periods in which the container was throttled. @default 0.25 */
  throttled?: number;
  /** The smallest share of the CPU that dropping traces must save: below it, load changes nothing. 0 always acts. @default 0.0025 */
  onlyAbove?: number;
  /** Upper limits on the sampling ratio above a given CPU use, from loosest to tightest. @default [{ above: 0.6, maxRatio: 0.1 }, { above: 0.8, maxRatio: 0.05 }] */
  caps?: readonly { readonly above: number; readonly maxRatio: number }[];
}

/** What Gossamer may tune by itself. It stays within your values: smaller batches, lower ratios, less compression, fewer concurrent exports. */
export interface OptimizeOptions {
  /** Sends smaller batches sooner while the queue of spans is more than half full. @default false */
  batching?: boolean;
  /** Lowers the sampling ratio before telemetry's CPU share reaches `target`. @default false */
  sampling?: boolean;
  /** Reduces compression and concurrent exports while the process uses more than 0.8 of its CPU or memory. @default false */
  resources?: boolean;
  /** Your own rules, or the ready-made `latencyTarget()` and `queueTarget()`. A rule that throws is counted as a fault. @default [] */
  rules?: readonly OptimizerRule[];
}

/** The windows in which traces and request lines are switched off to measure what they cost. */
export interface OverheadTrialOptions {
  /** The largest share of time that windows may take, up to 0.5. @default 0.05 */
  share?: number;
  /** Length of a window, in ms. @default 1000 */
  windowMs?: number;
}

/** How much memory telemetry may hold. */
export interface OverheadMemoryOptions {
  /** Above this many bytes, a warning is logged and `onWarning` is called. It is at most 0.8 of `maxMemoryBytes`: with the default of that, 53687091. @default 104857600, at most 0.8 of criticalBytes */
  warnBytes?: number;
  /** Above this many bytes telemetry sends everything, drops what cannot be sent, and records one span per request until it is below `warnBytes`. It is at most 0.95 of `maxMemoryBytes`: with the default of that, 63753420. @default 524288000, at least warnBytes / 0.8 */
  criticalBytes?: number;
  /** The shortest time between two checks of memory, in ms; memory is checked along with the rest, every `lookEveryMs`. @default 60000 */
  everyMs?: number;
  /** Called above `warnBytes`. @default none */
  onWarning?: (usage: MemoryUsage) => unknown;
  /** Called above `criticalBytes`. @default none */
  onCritical?: (usage: MemoryUsage) => unknown;
}
