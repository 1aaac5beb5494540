import type { Attributes } from "../model/attributes.ts";
import type { Clock } from "../model/clock.ts";
import type { DiagnosticsLevel } from "../model/diagnostics.ts";
import type { Propagator } from "../model/propagator.ts";
import type { RandomSource } from "../model/random.ts";
import type { SamplerLike } from "../model/sampler.ts";
import type { SpanExporter, SpanProcessor } from "../model/span-processor.ts";

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
  /** Decides which requests are traced, instead of the ratio. It is asked for every request, also those whose caller decided: wrap it in `parentBased()` to follow callers. Choosing it lifts the valve of `maxTracesPerSecond`. @default none */
  sampler?: SamplerLike;
  /** Whether an incoming traceparent is believed: always, never, or by request. At a public edge `true` lets any client have its requests traced. @default true */
  trustIncoming?: boolean | ((request: Request) => boolean);
  /** Which requests are kept although they were not sampled. */
  keep?: KeepOptions;
  /** At most so many new traces a second. When it is left out, choosing a ratio or sampler lifts it. @default 100 while nobody chose a ratio or sampler */
  maxTracesPerSecond?: number;
  /** At most so many recorded spans a second, over everything. What exceeds is dropped and counted, errors too. @default none */
  maxSpansPerSecond?: number;
  /** Whether probes of load balancers and orchestrators are traced like other requests. They are known by their user agent, and kept when they fail. @default false */
  traceProbes?: boolean;
  /** At most so many spans of one request. What exceeds is dropped and counted; each held span costs memory. @default 1000 */
  maxSpansPerRequest?: number;
  /** A span open for longer is ended and counted as leaked, in ms. @default 600000 */
  maxSpanAgeMs?: number;
  /** Whether middleware, guards, interceptors, pipes and handlers get a span each. A request is then many spans: middleware in Express, the others in Nest. @default false */
  internalSpans?: boolean;
  /** How context travels between services, in the order they are asked. Only those named run; `none` stands alone. Baggage goes to every service called, third parties too. @default ["tracecontext", "baggage"] */
  propagators?: readonly Propagator[];
  /** Whether the engine stands behind `@opentelemetry/api`: when nobody was first, always, or never. Where somebody was first and keeps the place, requests are spans of that provider's: sampled, kept and exported by its rules. @default "auto" */
  register?: "auto" | "always" | "never";
  /** How much one span may hold. */
  limits?: LimitOptions;
  /** Query parameters whose values are replaced by REDACTED, besides the built-in list. @default [] */
  redactQueryParameters?: readonly string[];
  /** Request headers put on spans, in any case. Headers may hold secrets: authorization and cookie are what they are. @default [] */
  captureRequestHeaders?: readonly string[];
  /** Response headers put on spans, in any case. Headers may hold secrets, set-cookie for one. @default [] */
  captureResponseHeaders?: readonly string[];
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
  /** At most so many series an instrument; what comes after shares one overflow series. Each costs about 300 bytes here, and money in most stores. @default 2000 */
  maxSeries?: number;
  /** Where telemetry is sent: to a collector by OTLP/HTTP, or nowhere. @default "otlp", and "none" when NODE_ENV is test and nothing was asked for */
  exporter?: "otlp" | "none";
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
  /** What happens when the process ends. */
  shutdown?: ShutdownOptions;
  /** How loud the engine is about itself. With `none` nobody learns of lost telemetry but through `status()`. @default "info" */
  diagnostics?: DiagnosticsLevel;
  /** Takes the engine's own lines. It is called outside requests and may throw; nobody hears of that. @default standard error */
  log?: (line: string) => void;
  /** Where time comes from. For tests. @default the monotonic clock of the process */
  clock?: Clock;
  /** Where random bits come from. A weak source makes ids of two services collide. @default the operating system */
  random?: RandomSource;
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
  /** At most so many kept a second in this process; each route has one a second all the same. In an outage every request may fail: this is what bounds the cost. @default 100 */
  maxPerSecond?: number;
}

/** How much one span may hold. What exceeds is dropped, and the span says so. */
export interface LimitOptions {
  /** At most so many characters of text in a value, the marker counted in. @default 500, 1000 or 2000 by environment */
  valueLength?: number;
  /** Ends a text that was cut. @default "..." */
  truncateMarker?: string;
  /** At most so many elements of an array. @default 100 */
  arrayItems?: number;
  /** At most so many attributes a span. The engine's own come first. @default 64 */
  attributes?: number;
  /** At most so many events a span. @default 128 */
  events?: number;
  /** At most so many links a span. @default 32 */
  links?: number;
}

/** How the collector is reached. */
export interface OtlpOptions {
  /** The collector's address; v1/traces and v1/metrics are added to its path. With http:// telemetry travels in clear. @default "http://localhost:4318" */
  endpoint?: string;
  /** The whole address for traces, used as it is. @default the endpoint with v1/traces */
  tracesEndpoint?: string;
  /** The whole address for metrics, used as it is. @default the endpoint with v1/metrics */
  metricsEndpoint?: string;
  /** Headers of every export, such as a token. They win over OTEL_EXPORTER_OTLP_HEADERS, name by name. @default {} */
  headers?: Readonly<Record<string, string>>;
  /** Whether bodies are compressed. @default "gzip" */
  compression?: "gzip" | "none";
  /** How hard gzip tries, from 1 to 9. Level 6 saves one percent more than 3 and costs twice the CPU. @default 3 */
  gzipLevel?: number;
  /** The longest that one try may take in all, from connecting to the last byte of the answer, in ms. @default 10000 */
  timeoutMs?: number;
  /** At most so many connections to the collector. @default 10 */
  connections?: number;
  /** At most so many exports under way at once. @default 10 */
  maxConcurrentExports?: number;
  /** When an export is tried again. */
  retry?: RetryOptions;
}

/** When an export is tried again. Only what the collector may accept later is. */
export interface RetryOptions {
  /** At most so many tries of a batch, the first counted in. @default 5 */
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
  /** At most so many spans; a batch must fit. @default 15000, 5000 or 1000 by environment */
  maxSpans?: number;
  /** At most so many bytes. This much memory may be held while the collector is away. @default 16777216 */
  maxBytes?: number;
}

/** What is sent at once. */
export interface BatchOptions {
  /** A batch leaves when it has so many spans; at most the queue. @default 512 */
  maxSpans?: number;
  /** A batch leaves when it has so many bytes; at most the queue. Collectors refuse bodies above their own limit. @default 1048576 */
  maxBytes?: number;
  /** A batch leaves when its oldest span has waited so long, in ms. @default 5000, 5000 or 1000 by environment */
  delayMs?: number;
}

/** What happens when the process ends. */
export interface ShutdownOptions {
  /** Whether SIGTERM and SIGINT close the servers, send what is left and end the process, when nobody else listens to them. @default true */
  signals?: boolean;
  /** The longest that ending may take, in ms. An orchestrator that kills earlier loses what is left. @default 5000 */
  deadlineMs?: number;
}
