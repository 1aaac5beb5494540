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
 * What a user may say; everything is optional. What is left out comes from the `OTEL_*` variables, then from the environment's
 * table, then from the defaults.
 *
 * A wrong value or an unknown name throws an `OptionError` at start. The object is read once, never changed and never kept.
 */
export interface TelemetryOptions<Request = unknown> {
  /** The service's name on all its telemetry. Two services with one name are shown as one. @default the nearest package.json's, else unknown_service:node */
  serviceName?: string;
  /** The service's version on all its telemetry. @default the nearest package.json's */
  serviceVersion?: string;
  /** Tells this process from others of the service. The same value in two processes mixes their metrics. @default a random UUID */
  serviceInstanceId?: string;
  /** Where the service runs, such as production or staging. It chooses ratio, queue, delay and value length; a name that is not known counts as production, and none as development. @default deployment.environment.name, NODE_ENV or ENVIRONMENT */
  environment?: string;
  /** Ready-made settings for a purpose; each value can still be given by itself. It wins over the environment's table, and yields to variables. Naming one chooses its ratio: the valve of `maxTracesPerSecond` is lifted. @default none */
  preset?: PresetName;
  /** More attributes of the service, on all its telemetry. They win over what is detected and over OTEL_RESOURCE_ATTRIBUTES, name by name. @default {} */
  resourceAttributes?: Attributes;
  /** Whether there is any telemetry at all. With `false` the service runs as if it had none: no ids in logs either. @default true */
  enabled?: boolean;
  /** Whether requests are traced. @default true */
  traces?: boolean;
  /** Whether requests are counted. With `false` nothing tells the true rate any more: traces are a sample. @default true */
  metrics?: boolean;
  /** The share of requests that are traced, from 0 to 1, unless a trusted caller decided already. Choosing it lifts the valve of `maxTracesPerSecond`: 1 traces every request, whatever the load. @default 0.01, 0.1 or 1 by environment */
  sampleRatio?: number;
  /** Decides which requests are traced, instead of the ratio. A trusted caller that decided is followed; `parentBased()` with branches of its own says otherwise. Choosing it lifts the valve of `maxTracesPerSecond`. @default none */
  sampler?: SamplerLike;
  /** Sampling rules; the first match applies. That is for traces that begin here, on routes that say nothing of themselves. A rule for a route waits for the route where it can. @default [] */
  rules?: readonly SamplingRule[];
  /** Rules that are tried on live traffic without effect. `status()` tells what they would have sampled beside what was; each request is decided twice meanwhile. @default [] */
  dryRun?: readonly SamplingRule[];
  /** A watched file with sampleRatio, rules, keep and dryRun, or with Jaeger's strategies for many services: JSON, or what a given parser reads. What is wrong in it is one warning, and what was in force stays. @default none */
  samplingFile?: string | SamplingFileOptions;
  /** Jaeger's sampling endpoint, asked from time to time for what to sample of which operation. Operations are rules behind your own, the default takes the place of ratio and sampler. An empty object asks at its default address. @default none */
  remoteSampling?: string | RemoteSamplingOptions;
  /** Observes only a share of the users or tenants, the same ones in every process. Requests outside have no traces, whoever calls and whatever fails. @default none */
  rollout?: RolloutSwitch<Request>;
  /** Whether an incoming traceparent is believed: always, never, or by request. At a public edge `true` lets any client have its requests traced. @default true */
  trustIncoming?: boolean | ((request: Request) => boolean);
  /** Trace tickets: signed headers with which a request is traced whole. */
  tickets?: TicketOptions;
  /** Which requests are kept although they were not sampled. */
  keep?: KeepOptions;
  /** Maximum new traces per second. Unless it is given, setting a ratio or sampler removes it. @default 100 unless a ratio or sampler is set */
  maxTracesPerSecond?: number;
  /** Maximum recorded spans per second, over everything. Further ones are dropped and counted, errors too. @default none */
  maxSpansPerSecond?: number;
  /** Whether probes of load balancers and orchestrators are traced like other requests. They are known by their user agent, and kept when they fail. @default false */
  traceProbes?: boolean;
  /** Maximum spans per request. Further ones are dropped and counted; each held span costs memory. @default 1000 */
  maxSpansPerRequest?: number;
  /** A span open for longer is ended and counted as leaked, in ms. @default 600000 */
  maxSpanAgeMs?: number;
  /** Whether middleware, hooks, guards, interceptors, pipes and handlers get a span each. A request is then many spans: middleware in Express, hooks and handlers in Fastify, the others in Nest. @default false */
  internalSpans?: boolean;
  /** Whether calls to other services get a span, where an official instrumentation was given `instrumentationOptions()`. Without a span the called service is not told of the trace either. @default true */
  outgoingCalls?: boolean;
  /** How context travels between services, in the order they are asked. Only those named run; `none` stands alone. Baggage goes to every service called, third parties too. @default ["tracecontext", "baggage"] */
  propagators?: readonly Propagator[];
  /** What baggage is read and passed on. */
  baggage?: BaggageOptions;
  /** Whether the engine stands behind `@opentelemetry/api`: when nobody was first, always, or never. Where somebody was first and keeps the place, requests are spans of that provider's: sampled, kept and exported by its rules. @default "auto" */
  register?: "auto" | "always" | "never";
  /** How much one span may hold. */
  limits?: LimitOptions;
  /** How much of what the conventions ask goes on server spans. `minimal` is method, route, status and error type; `standard` leaves out peer address, host and user agent; `full` has all of it and the captured headers. @default "full" */
  attributeSet?: AttributeSet;
  /** Attributes that are kept or removed by name or glob, on all spans, events and links; the first step that fits decides. What none fits is kept: end the list with `{ remove: "*" }` to keep only what it names. Old names such as http.method mean the new ones; `.*` is taken as `*`. @default [] */
  attributeFilters?: readonly AttributeFilter[];
  /** Query parameters whose values are replaced by REDACTED, besides the built-in list. @default [] */
  redactQueryParameters?: readonly string[];
  /** Captured headers whose values are replaced by REDACTED, besides the built-in list. That list has authorization, API keys and tokens; of cookies the names are told and the values are not. @default [] */
  redactHeaders?: readonly string[];
  /** Names or globs of attributes whose values are replaced by REDACTED. It holds for the service's own attributes and for ours. @default [] */
  redactAttributes?: readonly string[];
  /** Request headers put on spans, in any case. Only with the attribute set `full`. Headers may hold secrets: see `redactHeaders`. @default [] */
  captureRequestHeaders?: readonly string[];
  /** Response headers put on spans, in any case. Only with the attribute set `full`. Headers may hold secrets: see `redactHeaders`. @default [] */
  captureResponseHeaders?: readonly string[];
  /** Whether the sizes of request and response bodies go on spans and into histograms. They are taken from headers and from what went over the connection; no body is read or kept. @default false */
  bodySizes?: boolean;
  /** The methods that are told apart, instead of the built-in list; all others are `_OTHER`. Each is one more series a route. @default RFC 9110, PATCH and QUERY */
  knownMethods?: readonly string[];
  /** The upper bounds of the duration histogram's buckets, in seconds, increasing. Changing them breaks comparison with what was stored before. @default 0.005 to 10, as the conventions say */
  boundaries?: readonly number[];
  /** How metrics carry the status: by group such as 2xx, by code, or both. Each code is one more series a route. @default "group" */
  statusAttribute?: "group" | "code" | "both";
  /** Whether exported sums count from the start or since the last export. With `delta`, what fails to be exported is lost. @default "cumulative" */
  temporality?: "cumulative" | "delta";
  /** How often metrics are exported, in ms. @default 60000 */
  metricIntervalMs?: number;
  /** The longest that one export of metrics may take with all its tries, in ms; at most the interval. @default 30000 */
  metricTimeoutMs?: number;
  /** Maximum series per instrument; further ones share one overflow series. Each costs about 300 bytes here, and money in most stores. @default 2000 */
  maxSeries?: number;
  /** Maximum names of operations (`telemetry.operation`), which clients choose; all others are one, `_OTHER`. Each is one more series a route. @default 200 */
  maxOperations?: number;
  /** How metrics are told: renamed, by fewer attributes, in other buckets, or not at all. Every view that fits an instrument makes a metric; `httpView`, `dbView` and `dropDebug` are ready. @default [] */
  views?: readonly MetricView[];
  /** Which values are examples of their metrics, with the ids of their trace: those of spans that are written, so that each leads to a trace that exists, `none`, or `all`. @default "traced" */
  exemplars?: ExemplarFilter;
  /** Whether CPU, memory, heap, garbage collection and event loop of the process are measured: all of them, or those that an object does not switch off. They are read when metrics are collected. @default false, true with the presets balanced and debug */
  processMetrics?: boolean | ProcessMetricsOptions;
  /** Metrics go to StatsD too, beside where they go else: DogStatsD's form, plain StatsD or Telegraf's. An empty object sends where `DD_DOGSTATSD_URL` or `DD_AGENT_HOST` say. @default none */
  statsd?: StatsdOptions;
  /** Where telemetry is sent: to a collector by OTLP, spans to the console or to a SpanExporter of OpenTelemetry, or nowhere. Of a list, the next is used while those before it keep failing. Metrics go by OTLP where it is named or an endpoint is given. @default "otlp", and "none" in a test run (NODE_ENV=test, Vitest, Jest) unless the code names an exporter or endpoint */
  exporter?: ExporterName | SpanExporter | readonly (ExporterName | SpanExporter)[];
  /** What sees recorded spans begin and end, beside our own export: SpanProcessors of the OpenTelemetry SDK 2 or 3, or your own. It runs in the request's path. @default [] */
  spanProcessors?: readonly SpanProcessor[];
  /** Where recorded spans go besides, in batches: SpanExporters of the OpenTelemetry SDK 2 or 3, or your own. With `exporter: "none"` they are the only way out. Each holds as many spans as the queue. @default [] */
  spanExporters?: readonly SpanExporter[];
  /** How the collector is reached. */
  otlp?: OtlpOptions;
  /** What waits to be sent. */
  queue?: QueueOptions;
  /** What is sent at once. */
  batch?: BatchOptions;
  /** Lets size and delay of batches move with the traffic. */
  dynamicBatch?: DynamicBatchOptions;
  /** What waits of failed requests: they have a lane of their own, which is served first. */
  errorsLane?: ErrorsLaneOptions;
  /** What waits of routes and spans that name the lane `jobs`: few large batches. */
  jobsLane?: JobsLaneOptions;
  /** Which log records leave by OTLP, where a logger hands them over (`createLogger(telemetry, { otlp: true })`, `telemetry.loggerProvider`). Those from `warn` on always do; `sampled` takes the others with their trace, when it is sampled or kept, and where there is no trace; `all` takes every one. @default "sampled" */
  logRecords?: "sampled" | "all";
  /** What waits of log records. */
  logsLane?: LogsLaneOptions;
  /** When sending to an exporter that keeps failing stops for a while. */
  breaker?: BreakerOptions;
  /** What becomes of batches meanwhile. With `drop` they wait in their queue, and what does not fit is dropped; `file` keeps them in files that hold telemetry in clear, and sends them later, also after a restart; `ring` keeps the newest in memory; `console` prints them. @default "drop" */
  fallback?: "drop" | "console" | "file" | "ring";
  /** The files of the fallback `file`. */
  spool?: SpoolOptions;
  /** Maximum bytes in the fallback `ring`. They count in maxMemoryBytes. @default 4194304 */
  maxRingBytes?: number;
  /** Maximum bytes of queued telemetry in memory, over all queues. What exceeds drops the oldest, healthy requests before failed ones. @default 67108864 */
  maxMemoryBytes?: number;
  /** Whether a line a minute sums up what was exported, waits and was dropped. @default false */
  summaryLine?: boolean;
  /** What happens when the process ends. */
  shutdown?: ShutdownOptions;
  /** How loud the engine is about itself. With `none` nobody learns of lost telemetry but through `status()`. @default "info" */
  diagnostics?: DiagnosticsLevel;
  /** Takes the engine's own lines. It is called outside requests and may throw; nobody hears of that. @default standard error */
  log?: (line: string) => void;
  /** What the loggers of the service let through, until they are told otherwise. Lines of requests are apart: see `requestLine`. @default warn in production, debug with DEBUG=true, else info */
  logLevel?: LogLevel;
  /** Which requests have a log line, where a logger takes them. With `true` those whose trace is sampled or kept, `all` every one; those that end with a warning or an error have one in each case, and with `failures` no other has. It is written whatever `logLevel` is. @default true */
  requestLine?: boolean | "all" | "failures";
  /** Names what was thrown, as `error.type` of span, metric and log line. Each name is one more series a route: name kinds, not cases. @default the error's class */
  categorizeError?: (error: unknown) => string | undefined;
  /** What telemetry may cost, and what it does about it. */
  overhead?: OverheadOptions;
  /** Where time comes from. For tests. @default the monotonic clock of the process */
  clock?: Clock;
  /** Where random bits come from. A weak source makes ids of two services collide. @default the operating system */
  random?: RandomSource;
}

/** A file that says what is sampled. */
export interface SamplingFileOptions {
  /** Where it is; it may come later. */
  path: string;
  /** Makes an object of the file's text, such as `parse` of the `yaml` package. @default JSON.parse */
  parse?: (text: string) => unknown;
  /** How often the file is looked at, in ms. @default 5000 */
  pollMs?: number;
}

/** How an endpoint is asked for what to sample. */
export interface RemoteSamplingOptions {
  /** Where it is. Without a path HTTP asks at /sampling. It is reached directly, without a proxy. @default "http://localhost:5778" */
  url?: string;
  /** How it is asked. @default "grpc" at port 14250 and 5779, else "http" */
  protocol?: "http" | "grpc";
  /** How often it is asked, a tenth more or less, in ms. Failures in a row double the wait, to ten minutes at most. @default 60000 */
  pollMs?: number;
  /** The longest that one answer may take, in ms. @default 5000 */
  timeoutMs?: number;
  /** The share of requests that are traced until the endpoint has answered. Choosing it lifts the valve of `maxTracesPerSecond`. @default what sampleRatio says */
  initialRatio?: number;
}

/** How metrics are sent to StatsD. */
export interface StatsdOptions {
  /** `udp://host:8125`, `tcp://host:8125`, or `unixstream:///var/run/datadog/dsd-stream.socket`, the agent's `dogstatsd_stream_socket`. It travels in clear. @default DD_DOGSTATSD_URL, DD_AGENT_HOST and DD_DOGSTATSD_PORT, else udp://localhost:8125 */
  url?: string;
  /** `dogstatsd` has tags and several values an entry, `telegraf` tags in the name; `statsd` has no tags, so that their values become parts of the name. @default "dogstatsd" */
  flavor?: "dogstatsd" | "statsd" | "telegraf";
  /** Before every name. @default "" */
  prefix?: string;
  /** How often what was counted is sent, in ms. @default 10000 */
  flushEveryMs?: number;
  /** Maximum entries per packet. @default 100 */
  maxEntries?: number;
  /** Maximum bytes per packet; a longer entry is dropped and counted. @default 1432, of unixstream 8192 */
  maxPacketBytes?: number;
  /** Tags of every entry, besides the service's name, environment and version. @default {} */
  tags?: Attributes;
  /** `short` calls the tags of requests endpoint, method and status_group. @default "conventions" */
  tagNames?: "conventions" | "short";
}

/** Which metrics of the process there are. */
export interface ProcessMetricsOptions {
  /** CPU time and uptime of the process. @default true */
  cpu?: boolean;
  /** Its resident memory. @default true */
  memory?: boolean;
  /** The spaces of V8's heap. @default true */
  heap?: boolean;
  /** How long garbage collections took. @default true */
  gc?: boolean;
  /** How busy the event loop is. @default true */
  loop?: boolean;
  /** Open file descriptors, looked at each minute at most, where the system shows them. @default true */
  handles?: boolean;
  /** How often the delay of the event loop is sampled, in ms; 0 is never. At 10 it takes 1 % of a core by itself. @default 0, 50 with the preset debug */
  loopDelayResolutionMs?: number;
}

/** Observes a share of the users or tenants. */
export interface RolloutSwitch<Request = unknown> {
  /** The share of the keys that is observed, from 0 to 1. Raising it never takes a key out. @default 0.01 */
  ratio?: number;
  /** The user or tenant of a request: a header, an entry of a trusted caller's baggage, or a function. Without one a request is outside. */
  key: { readonly header: string } | { readonly baggage: string } | ((request: Request) => string | undefined);
  /** Tells rollouts apart, so that not the same users are first in each. @default "" */
  salt?: string;
  /** What requests outside of it still get: metrics, or nothing at all. @default "metrics" */
  outside?: "metrics" | "nothing";
}

/** Which trace tickets are believed, and what signs those that are made here. */
export interface TicketOptions {
  /** Signs and proves tickets: at least 32 characters, known to the services that are to trace alike and to nobody else. Of several, five at most, the first signs and all prove, so that it can be changed. Without it no request is looked at. @default GOSSAMER_TICKET_SECRET */
  secret?: string | readonly string[];
  /** The header they come in: one without a meaning of its own, such as `traceparent` or `cookie` have. Captured, it is told as REDACTED. @default "gossamer-ticket" */
  header?: string;
  /** Maximum signatures checked per second; further tickets are ignored. A flood of wrong ones costs this at most. @default 100 */
  maxChecksPerSecond?: number;
}

/** Which unsampled requests are kept at their end. `true` is all of them, `false` none, a number the share, from 0 to 1. */
export interface KeepOptions {
  /** Requests that end in 5xx or throw. @default 1 */
  errors?: number | boolean;
  /** Requests whose response was cut off. @default 1 */
  aborted?: number | boolean;
  /** From how long on a request is slow, in ms. @default 1000 */
  slowerThanMs?: number;
  /** Slow requests. @default 1 */
  slow?: number | boolean;
  /** Whether the child spans of an unsampled request are held until its end, in case it is kept. At most 64 a request and 8192 in all; recording them costs what sampled ones cost. @default false */
  trace?: boolean;
  /** Maximum requests kept per second in this process; each route may keep one a second regardless. In an outage every request may fail: this is what bounds the cost. @default 100 */
  maxPerSecond?: number;
}

/** How much one span may hold. What exceeds is dropped, and the span says so. */
export interface LimitOptions {
  /** Maximum characters per string value, marker included. @default 500, 1000 or 2000 by environment */
  valueLength?: number;
  /** Ends a text that was cut. @default "..." */
  truncateMarker?: string;
  /** Maximum elements per array. @default 100 */
  arrayItems?: number;
  /** Maximum attributes per span. The engine's own come first. @default 64 */
  attributes?: number;
  /** Maximum events per span. @default 128 */
  events?: number;
  /** Maximum links per span. @default 32 */
  links?: number;
  /** Maximum attributes per event. @default as limits.attributes */
  eventAttributes?: number;
  /** Maximum attributes per link. @default as limits.attributes */
  linkAttributes?: number;
}

/** What baggage is read and passed on. What exceeds is dropped and counted. */
export interface BaggageOptions {
  /** Maximum entries, over all headers of a request. @default 180 */
  maxEntries?: number;
  /** Maximum bytes, over all headers of a request. @default 8192 */
  maxBytes?: number;
  /** Names or globs of the entries that are read from callers; no other is. @default ["*"] */
  allowIncoming?: readonly string[];
  /** Names or globs of the entries that are sent to the services called; no other is. Third parties read them too. @default ["*"] */
  allowOutgoing?: readonly string[];
  /** Whether the baggage of callers outside the trust boundary goes on. Then the service's own code sees it, and services called are sent it; it decides nothing either way: not sampling, not a rollout. @default false */
  fromUntrusted?: boolean;
}

/** How the collector is reached. */
export interface OtlpOptions {
  /** The collector's address; v1/traces, v1/metrics and v1/logs are added to its path. With http:// telemetry travels in clear. @default http://localhost:4318, with grpc http://localhost:4317 */
  endpoint?: string;
  /** The whole address for traces, used as it is. @default the endpoint with v1/traces */
  tracesEndpoint?: string;
  /** The whole address for metrics, used as it is. @default the endpoint with v1/metrics */
  metricsEndpoint?: string;
  /** The whole address for log records, used as it is. @default the endpoint with v1/logs */
  logsEndpoint?: string;
  /** How it is spoken to. gRPC takes one connection and ignores the address's path; its port is usually 4317. @default "http/protobuf" */
  protocol?: "http/protobuf" | "grpc";
  /** The authority whose certificates are trusted: PEM text, or the path of a PEM file. Node's own list is trusted no more. @default Node's list */
  certificate?: string;
  /** The certificate shown to the collector: PEM text, or the path of a PEM file. It needs `clientKey`. @default none */
  clientCertificate?: string;
  /** The private key of that certificate: PEM text, or the path of a PEM file. It is a secret. @default none */
  clientKey?: string;
  /** Headers of every export, such as a token. They win over OTEL_EXPORTER_OTLP_HEADERS, name by name. @default {} */
  headers?: Readonly<Record<string, string>>;
  /** Whether bodies are compressed. @default "gzip" */
  compression?: "gzip" | "none";
  /** How hard gzip tries, from 1 to 9. Level 6 saves one percent more than 3 and costs twice the CPU. @default 3 */
  gzipLevel?: number;
  /** The longest that one try may take in all, from connecting to the last byte of the answer, in ms. @default 10000 */
  timeoutMs?: number;
  /** The longest that connecting may take, in ms; it counts within the try's time. @default 10000 */
  connectTimeoutMs?: number;
  /** Maximum connections to the collector. @default 10 */
  connections?: number;
  /** The proxy that leads to the collector, such as `http://user:password@proxy:3128`: by CONNECT, for HTTP and gRPC. It holds for every address. @default with NODE_USE_ENV_PROXY=1 HTTPS_PROXY, HTTP_PROXY and NO_PROXY, else none */
  proxy?: string;
  /** How long a connection is used, in ms, a fifth more or less by chance. A new one finds collectors that came later behind the same name. @default 300000 */
  maxConnectionAgeMs?: number;
  /** Maximum concurrent exports. @default 10 */
  maxConcurrentExports?: number;
  /** When an export is tried again. */
  retry?: RetryOptions;
}

/** When an export is tried again. Only what the collector may accept later is. */
export interface RetryOptions {
  /** Maximum attempts per batch, the first included. @default 5 */
  attempts?: number;
  /** The wait before the second try, in ms; it doubles with each, with jitter. @default 500 */
  initialMs?: number;
  /** The longest wait between two tries, in ms. @default 5000 */
  maxMs?: number;
  /** The longest that all tries of a batch may take, in ms. @default 30000 */
  totalMs?: number;
}

/** What waits to be sent. What does not fit drops the oldest, healthy requests before failed ones. */
export interface QueueOptions {
  /** Maximum spans; a batch must fit. @default 15000, 5000 or 1000 by environment */
  maxSpans?: number;
  /** Maximum bytes. This much memory may be held while the collector is away. @default 16777216 */
  maxBytes?: number;
  /** What happens when it is full. `drop-newest` drops what comes; `spill` gives the oldest to the fallback, which must be file or ring; `block` holds new requests before their handler, so that a collector in trouble makes the service slow. @default "drop-oldest" */
  overflow?: "drop-oldest" | "drop-newest" | "spill" | "block";
  /** From this share of a queue on a line warns, from 0 to 1. @default 0.8 */
  warningRatio?: number;
  /** The longest that `block` holds a request, in ms. Every request may wait so long while the collector is away. @default 500 */
  maxBlockMs?: number;
}

/** What is sent at once. */
export interface BatchOptions {
  /** Spans per batch: a batch leaves when it is full; at most the size of the queue. @default 512 */
  maxSpans?: number;
  /** Bytes per batch: a batch leaves when it is full; at most the size of the queue. Collectors refuse bodies above their own limit. @default 1048576 */
  maxBytes?: number;
  /** A batch leaves when its oldest span has waited so long, in ms. @default 5000, 5000 or 1000 by environment */
  delayMs?: number;
}

/** Lets size and delay of batches move with the traffic. */
export interface DynamicBatchOptions {
  /** Whether they move; `batch.maxSpans` and `batch.delayMs` have no effect then. @default false */
  enabled?: boolean;
  /** The size of a batch where there is little traffic. @default 128 */
  minSpans?: number;
  /** The size of a batch where there is much. @default 4096 */
  maxSpans?: number;
  /** The delay where there is much traffic, in ms. @default 1000 */
  minDelayMs?: number;
  /** The delay where there is little, in ms. @default 10000 */
  maxDelayMs?: number;
  /** How full a batch is meant to be when its delay is over, from 0.05 to 1. @default 0.7 */
  targetUse?: number;
}

/** What waits of failed requests. */
export interface ErrorsLaneOptions {
  /** Maximum spans. @default 1000 */
  maxSpans?: number;
  /** A batch leaves when its oldest span has waited so long, in ms. @default 1000 */
  delayMs?: number;
}

/** What waits of routes and spans that name the lane `jobs`. */
export interface JobsLaneOptions {
  /** Maximum spans. @default 4500 */
  maxSpans?: number;
  /** A batch leaves when its oldest span has waited so long, in ms. @default 60000 */
  delayMs?: number;
}

/** What waits of log records. What does not fit drops the oldest, errors last. */
export interface LogsLaneOptions {
  /** Maximum records. @default 2048 */
  maxRecords?: number;
  /** Records per batch: a batch leaves when it is full. @default 512 */
  batchRecords?: number;
  /** A batch leaves when its oldest record has waited so long, in ms. What a crash can lose is that old at most. @default 1000 */
  delayMs?: number;
  /** The longest that all tries of a batch may take, in ms. @default 30000 */
  totalMs?: number;
}

/** When sending to an exporter that keeps failing stops for a while. */
export interface BreakerOptions {
  /** Enables the circuit breaker. @default true */
  enabled?: boolean;
  /** Consecutive failed attempts that open it. @default 5 */
  failures?: number;
  /** It stops when this share of the tries of the last window failed, from 0.01 to 1. @default 0.5 */
  failureRatio?: number;
  /** The length of that window, in ms. @default 10000 */
  windowMs?: number;
  /** Minimum attempts in the window before the ratio counts. @default 10 */
  minCalls?: number;
  /** How long nothing is sent, in ms, a fifth more or less by chance. @default 60000 */
  openMs?: number;
  /** Maximum trial exports after that, one at a time. @default 10 */
  trials?: number;
  /** So many good ones among them, and all is sent again. @default 3 */
  goodTrials?: number;
}

/** The files of the fallback `file`. */
export interface SpoolOptions {
  /** Where they are, one directory for each service. What is found in it is sent. It has to be this user's own and no link, and nobody else may write to it. @default the service's name in a folder of this user's, gossamer-spool-…, where the system keeps temporary files */
  directory?: string;
  /** Maximum bytes on disk. The oldest make room. @default 67108864 */
  maxBytes?: number;
  /** What waited for longer is not sent any more, in ms. @default 86400000 */
  maxAgeMs?: number;
}

/** What happens when the process ends. */
export interface ShutdownOptions {
  /** Whether SIGTERM and SIGINT close the servers, send what is left and end the process, when nobody else listens to them. A second one meanwhile ends it at once. @default true */
  signals?: boolean;
  /** The longest that ending may take, in ms. An orchestrator that kills earlier loses what is left. @default 5000 */
  deadlineMs?: number;
}

/** What telemetry may cost. It measures itself, and takes less where it costs too much or where the process needs it. */
export interface OverheadOptions {
  /** Whether it measures itself at all. @default true */
  enabled?: boolean;
  /** The share of the process's CPU that telemetry is to stay below, from 0 to 1. Above it at two looks in a row there is less telemetry. @default 0.01 */
  target?: number;
  /** The share from which one look is enough, from 0 to 1; at least the target. @default the target, at least 0.05 */
  red?: number;
  /** The CPUs that telemetry may keep busy whatever its share: in an idle process the share says little. @default 0.005 */
  minCores?: number;
  /** Measures one request in this many, and about twenty a second at most. @default 128 */
  sampleEvery?: number;
  /** How often it looks, and the least time between two changes, in ms. @default 30000 */
  lookEveryMs?: number;
  /** How long all must be calm before there is more telemetry again, in ms; twice as long, up to twelve times, each time that was too early. @default 300000 */
  actEveryMs?: number;
  /** By what the sampling ratio is multiplied at each cut, from 0.1 to 0.9. @default 0.5 */
  factor?: number;
  /** No ratio is cut below it; one that is lower stays. @default 0.01 */
  minRatio?: number;
  /** How far it may go. `full` only measures; with `off` requests are counted as one number, without route or duration. @default "metrics" */
  floor?: GovernorStep;
  /** When the process is so busy that it needs what telemetry takes. @default true */
  load?: boolean | OverheadLoadOptions;
  /** When telemetry holds too much memory. @default true */
  memory?: boolean | OverheadMemoryOptions;
  /** Whether telemetry tunes itself, a change each `actEveryMs` at most: each is judged one window later, and undone where it made its figure worse. */
  optimize?: OptimizeOptions;
  /** Proves on the live service what traces and request lines cost, by windows drawn at random in which there are none. Requests are counted on. @default false */
  trial?: boolean | OverheadTrialOptions;
  /** Told of each change: how far telemetry is held back, why, and what was measured. @default none */
  onChange?: (change: GovernorChange) => unknown;
  /** Told when telemetry begins to cost more than it may. @default none */
  onExceeded?: (facts: GovernorFacts) => unknown;
}

/** From which use on, each from 0 to 1, the process needs what telemetry takes. */
export interface OverheadLoadOptions {
  /** Of the CPU: of its thread, or of the quota of its container. @default 0.8 */
  cpu?: number;
  /** Of the container's memory, or of the heap's limit. @default 0.75 */
  memory?: number;
  /** Of the event loop's time. @default 0.9 */
  loop?: number;
  /** Of the periods in which the container was held up for its CPU quota. @default 0.25 */
  throttled?: number;
  /** The share of the CPU to be gained without traces, below which nothing is done for the load. 0 acts in each case. @default 0.0025 */
  onlyAbove?: number;
  /** The highest sampling ratio above some use of the CPU, from loose to tight. @default [{ above: 0.6, maxRatio: 0.1 }, { above: 0.8, maxRatio: 0.05 }] */
  caps?: readonly { readonly above: number; readonly maxRatio: number }[];
}

/** What telemetry may tune by itself. Never beyond what the options say: smaller batches, lower ratios, less compression, fewer exports at once. */
export interface OptimizeOptions {
  /** Smaller batches, sooner, while the queue of spans is more than half full. @default false */
  batching?: boolean;
  /** A lower sampling ratio before telemetry's share of the CPU reaches `target`. @default false */
  sampling?: boolean;
  /** Less compression and fewer exports at once while the process uses more than 0.8 of its CPU or memory. @default false */
  resources?: boolean;
  /** Rules of your own, beside `latencyTarget()` and `queueTarget()`. One that throws is a counted fault. @default [] */
  rules?: readonly OptimizerRule[];
}

/** When there are no traces and no request lines, to see what they cost. */
export interface OverheadTrialOptions {
  /** The share of the time at most, up to 0.5. @default 0.05 */
  share?: number;
  /** How long a window lasts, in ms. @default 1000 */
  windowMs?: number;
}

/** What telemetry may hold of memory. */
export interface OverheadMemoryOptions {
  /** Above this many bytes a line and `onWarning` say so; at most 0.8 of maxMemoryBytes. @default 104857600, at most 0.8 of criticalBytes */
  warnBytes?: number;
  /** Above this many bytes telemetry sends all at once, drops what cannot leave, and records one span a request until it is below the warning; at most 0.95 of maxMemoryBytes. @default 524288000, at least what warnBytes is 0.8 of */
  criticalBytes?: number;
  /** How often it looks, in ms; with the other looks. @default 60000 */
  everyMs?: number;
  /** Told above the warning. @default none */
  onWarning?: (usage: MemoryUsage) => unknown;
  /** Told when it is critical. @default none */
  onCritical?: (usage: MemoryUsage) => unknown;
}
