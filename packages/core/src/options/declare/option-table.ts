import type { Clock } from "../../model/clock.ts";
import { logLevels } from "../../model/log-level.ts";
import type { Propagator } from "../../model/propagator.ts";
import type { RandomSource } from "../../model/random.ts";
import type { Sampler, SamplerLike } from "../../model/sampler.ts";
import type { SamplingRule } from "../../model/sampling-rule.ts";
import { ruleList } from "../validate/rule-list.ts";
import type { SpanExporter, SpanProcessor } from "../../model/span-processor.ts";
import { batchGroup, otlpGroup, queueGroup, shutdownGroup } from "./export-option-table.ts";
import {
  breakerGroup,
  dynamicBatchGroup,
  errorsLaneGroup,
  exporterRule,
  jobsLaneGroup,
  spoolGroup,
} from "./pipeline-option-table.ts";
import { isHeaderName } from "../validate/header-text.ts";
import * as limitTable from "./limit-option-table.ts";
import type { AnyGroup, OptionTable } from "./option-entry.ts";
import { attributeRecord, headerName } from "../validate/record-checks.ts";
import { rolloutCheck, samplingFileCheck } from "../validate/sampling-checks.ts";
import * as checks from "../validate/checks.ts";
import type { Check } from "../validate/checks.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

const share: Check<number | boolean> = checks.either(checks.number(0, 1), checks.boolean);
const perSecond = checks.number(0, Number.MAX_VALUE);

const methodName = checks.check(
  "string",
  "an HTTP method",
  (value): value is string => typeof value === "string" && isHeaderName(value),
);

/** Every option, declared once: its check, its default and what it promises. */
export const optionTable: OptionTable<TelemetryOptions> = {
  serviceName: {
    check: checks.text,
    default: undefined,
    defaultText: "the nearest package.json's, else unknown_service:node",
    description: "The service's name on all its telemetry.",
  },
  serviceVersion: {
    check: checks.text,
    default: undefined,
    defaultText: "the nearest package.json's",
    description: "The service's version on all its telemetry.",
  },
  serviceInstanceId: {
    check: checks.text,
    default: undefined,
    defaultText: "a random UUID",
    description: "Tells this process from others of the service.",
  },
  environment: {
    check: checks.text,
    default: undefined,
    defaultText: "deployment.environment.name, NODE_ENV or ENVIRONMENT",
    description: "Where the service runs, such as production or staging.",
  },
  preset: limitTable.presetEntry,
  resourceAttributes: {
    check: attributeRecord,
    default: {},
    description: "More attributes of the service, on all its telemetry.",
  },
  enabled: { check: checks.boolean, default: true, description: "Whether there is any telemetry at all." },
  traces: { check: checks.boolean, default: true, description: "Whether requests are traced." },
  metrics: { check: checks.boolean, default: true, description: "Whether requests are counted." },
  sampleRatio: {
    check: checks.number(0, 1),
    default: 0.01,
    defaultText: "0.01, 0.1 or 1 by environment",
    description: "The share of requests that are traced, from 0 to 1, unless a trusted caller decided already.",
  },
  sampler: {
    check: checks.either<SamplerLike, SamplerLike>(checks.callable(), checks.having<Sampler>("decide")),
    default: undefined,
    defaultText: "none",
    description: "Decides which requests are traced, instead of the ratio.",
  },
  rules: {
    check: ruleList as unknown as Check<readonly SamplingRule[]>,
    default: [],
    description: "What is wanted of which requests: the first rule that matches decides.",
  },
  dryRun: {
    check: ruleList as unknown as Check<readonly SamplingRule[]>,
    default: [],
    description: "Rules that are tried on live traffic without effect.",
  },
  samplingFile: {
    check: samplingFileCheck,
    default: undefined,
    defaultText: "none",
    description: "A watched file with sampleRatio, rules, keep and dryRun: JSON, or what a given parser reads.",
  },
  rollout: {
    check: rolloutCheck,
    default: undefined,
    defaultText: "none",
    description: "Observes only a share of the users or tenants, the same ones in every process.",
  },
  trustIncoming: {
    check: checks.either(checks.boolean, checks.callable<(request: unknown) => boolean>()),
    default: true,
    description: "Whether an incoming traceparent is believed: always, never, or by request.",
  },
  keep: {
    description: "Which requests are kept although they were not sampled.",
    options: {
      errors: { check: share, default: 1, description: "Requests that end in 5xx or throw." },
      aborted: { check: share, default: 1, description: "Requests whose response was cut off." },
      slowerThanMs: {
        check: checks.durationMs(0),
        default: 1_000,
        description: "From how long on a request is slow, in ms.",
      },
      slow: { check: share, default: 1, description: "Slow requests." },
      trace: {
        check: checks.boolean,
        default: false,
        description: "Whether the child spans of an unsampled request are held until its end, in case it is kept.",
      },
      maxPerSecond: {
        check: perSecond,
        default: 100,
        description: "At most so many kept a second in this process; each route has one a second all the same.",
      },
    },
  },
  maxTracesPerSecond: {
    check: perSecond,
    default: 100,
    defaultText: "100 while nobody chose a ratio or sampler",
    description: "At most so many new traces a second.",
  },
  maxSpansPerSecond: {
    check: perSecond,
    default: undefined,
    defaultText: "none",
    description: "At most so many recorded spans a second, over everything.",
  },
  traceProbes: {
    check: checks.boolean,
    default: false,
    description: "Whether probes of load balancers and orchestrators are traced like other requests.",
  },
  maxSpansPerRequest: { check: checks.count(1), default: 1_000, description: "At most so many spans of one request." },
  maxSpanAgeMs: {
    check: checks.durationMs(1),
    default: 600_000,
    description: "A span open for longer is ended and counted as leaked, in ms.",
  },
  internalSpans: {
    check: checks.boolean,
    default: false,
    description: "Whether middleware, guards, interceptors, pipes and handlers get a span each.",
  },
  outgoingCalls: limitTable.outgoingCallsEntry,
  propagators: {
    check: checks.listOf(
      checks.either<Propagator, Propagator>(
        checks.oneOf("tracecontext", "baggage", "none"),
        checks.having<Exclude<Propagator, string>>("inject", "extract", "fields"),
      ),
      20,
    ),
    default: ["tracecontext", "baggage"],
    description: "How context travels between services, in the order they are asked.",
  },
  baggage: limitTable.baggageGroup,
  register: {
    check: checks.oneOf("auto", "always", "never"),
    default: "auto",
    description: "Whether the engine stands behind `@opentelemetry/api`: when nobody was first, always, or never.",
  },
  limits: {
    description: "How much one span may hold.",
    options: {
      valueLength: {
        check: checks.count(0),
        default: 1_024,
        defaultText: "500, 1000 or 2000 by environment",
        description: "At most so many characters of text in a value, the marker counted in.",
      },
      truncateMarker: { check: checks.shortText(100), default: "...", description: "Ends a text that was cut." },
      arrayItems: { check: checks.count(0), default: 100, description: "At most so many elements of an array." },
      attributes: { check: checks.count(0), default: 64, description: "At most so many attributes a span." },
      events: { check: checks.count(0), default: 128, description: "At most so many events a span." },
      links: { check: checks.count(0), default: 32, description: "At most so many links a span." },
      eventAttributes: limitTable.eventAttributesEntry,
      linkAttributes: limitTable.linkAttributesEntry,
    },
  },
  attributeSet: limitTable.attributeSetEntry,
  attributeFilters: limitTable.attributeFiltersEntry,
  redactQueryParameters: {
    check: checks.listOf(checks.text),
    default: [],
    description: "Query parameters whose values are replaced by REDACTED, besides the built-in list.",
  },
  redactHeaders: limitTable.redactHeadersEntry,
  redactAttributes: limitTable.redactAttributesEntry,
  captureRequestHeaders: {
    check: checks.listOf(headerName, 100),
    default: [],
    description: "Request headers put on spans, in any case.",
  },
  captureResponseHeaders: {
    check: checks.listOf(headerName, 100),
    default: [],
    description: "Response headers put on spans, in any case.",
  },
  bodySizes: limitTable.bodySizesEntry,
  knownMethods: {
    check: checks.listOf(methodName, 100),
    default: undefined,
    defaultText: "RFC 9110, PATCH and QUERY",
    description: "The methods that are told apart, instead of the built-in list; all others are `_OTHER`.",
  },
  boundaries: {
    check: checks.increasingNumbers(100),
    default: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    defaultText: "0.005 to 10, as the conventions say",
    description: "The upper bounds of the duration histogram's buckets, in seconds, increasing.",
  },
  statusAttribute: {
    check: checks.oneOf("group", "code", "both"),
    default: "group",
    description: "How metrics carry the status: by group such as 2xx, by code, or both.",
  },
  temporality: {
    check: checks.oneOf("cumulative", "delta"),
    default: "cumulative",
    description: "Whether exported sums count from the start or since the last export.",
  },
  metricIntervalMs: {
    check: checks.durationMs(1),
    default: 60_000,
    description: "How often metrics are exported, in ms.",
  },
  metricTimeoutMs: {
    check: checks.durationMs(1),
    default: 30_000,
    description: "The longest that one export of metrics may take with all its tries, in ms; at most the interval.",
  },
  maxSeries: {
    check: checks.integer(1, 100_000),
    default: 2_000,
    description: "At most so many series an instrument; what comes after shares one overflow series.",
  },
  exporter: {
    check: exporterRule,
    default: "otlp",
    defaultText: '"otlp", and "none" when NODE_ENV is test and nothing was asked for',
    description:
      "Where telemetry is sent: to a collector by OTLP, spans to the console or to a SpanExporter of OpenTelemetry, or nowhere.",
  },
  spanProcessors: {
    check: checks.listOf(checks.having<SpanProcessor>("onStart", "onEnd", "forceFlush", "shutdown"), 20),
    default: [],
    description:
      "What sees recorded spans begin and end, beside our own export: SpanProcessors of the OpenTelemetry SDK 2 or 3, or your own.",
  },
  spanExporters: {
    check: checks.listOf(checks.having<SpanExporter>("export", "shutdown"), 20),
    default: [],
    description:
      "Where recorded spans go besides, in batches: SpanExporters of the OpenTelemetry SDK 2 or 3, or your own.",
  },
  otlp: otlpGroup,
  queue: queueGroup,
  batch: batchGroup,
  dynamicBatch: dynamicBatchGroup,
  errorsLane: errorsLaneGroup,
  jobsLane: jobsLaneGroup,
  breaker: breakerGroup,
  fallback: {
    check: checks.oneOf("drop", "console", "file", "ring"),
    default: "drop",
    description: "What becomes of batches meanwhile.",
  },
  spool: spoolGroup,
  ringBytes: {
    check: checks.count(65_536),
    default: 4_194_304,
    description: "At most so many bytes in the fallback `ring`.",
  },
  maxMemoryMb: {
    check: checks.number(1, 100_000),
    default: 64,
    description: "At most so much memory for telemetry on its way, over all queues, in MiB.",
  },
  summaryLine: {
    check: checks.boolean,
    default: false,
    description: "Whether a line a minute sums up what was exported, waits and was dropped.",
  },
  shutdown: shutdownGroup,
  diagnostics: {
    check: checks.oneOf("none", "warn", "info"),
    default: "info",
    description: "How loud the engine is about itself.",
  },
  log: {
    check: checks.callable<(line: string) => void>(),
    default: undefined,
    defaultText: "standard error",
    description: "Takes the engine's own lines.",
  },
  logLevel: {
    check: checks.oneOf(...logLevels),
    default: "info",
    defaultText: "warn in production, debug with DEBUG=true, else info",
    description: "What the loggers of the service let through, until they are told otherwise.",
  },
  requestLine: {
    check: checks.either(checks.boolean, checks.oneOf("all", "failures")),
    default: true,
    description: "Which requests have a log line, where a logger takes them.",
  },
  categorizeError: {
    check: checks.callable<(error: unknown) => string | undefined>(),
    default: undefined,
    defaultText: "the error's class",
    description: "Names what was thrown, as `error.type` of span, metric and log line.",
  },
  clock: {
    check: checks.having<Clock>("now", "epochMs", "monotonicMs"),
    default: undefined,
    defaultText: "the monotonic clock of the process",
    description: "Where time comes from.",
  },
  random: {
    check: checks.callable<RandomSource>(),
    default: undefined,
    defaultText: "the operating system",
    description: "Where random bits come from.",
  },
};

/** The whole table as one group without a name. */
export const optionRoot: AnyGroup = { description: "All options.", options: optionTable };
