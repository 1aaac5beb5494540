import type { Clock } from "../../model/clock.ts";
import { logLevels, type Propagator } from "../../model/choices.ts";
import type { RandomSource } from "../../model/random.ts";
import { samplerCheck } from "../../model/sampling/sampler-check.ts";
import type { SamplingRule } from "../../model/sampling/sampling-rule.ts";
import { ruleList } from "../validate/rule-list.ts";
import type { SpanExporter, SpanProcessor } from "../../model/span-processor.ts";
import { endpointCheck, proxyCheck } from "../validate/endpoint-check.ts";
import * as checks from "../../model/checks/checks.ts";
import type { Check } from "../../model/checks/checks.ts";
import { exporterCheck } from "../validate/exporter-check.ts";
import { attributeFilters, globPatterns } from "../validate/filter-checks.ts";
import { isHeaderName } from "../validate/header-text.ts";
import type { AnyGroup, OptionTable } from "./option-entry.ts";
import { overheadTable } from "./overhead-table.ts";
import { attributeRecord, headerName, headerRecord } from "../validate/record-checks.ts";
import { metricViews } from "../validate/view-checks.ts";
import { processMetricsCheck } from "./process-metrics-check.ts";
import { statsdCheck } from "./statsd-check.ts";
import { remoteSamplingCheck, rolloutCheck, samplingFileCheck } from "./sampling-checks.ts";
import { ticketHeaderCheck } from "./ticket-header-check.ts";
import { ticketSecretCheck } from "./ticket-secret-check.ts";
import { presetNames } from "./preset-table.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

const share: Check<number | boolean> = checks.either(checks.number(0, 1), checks.boolean);
const perSecond = checks.number(0);

const methodName = checks.check(
  "string",
  "an HTTP method",
  (value): value is string => typeof value === "string" && isHeaderName(value),
);

/** Every option once more: its check and its default. What it promises is the TSDoc of `TelemetryOptions`. */
export const optionTable: OptionTable<TelemetryOptions> = {
  serviceName: { check: checks.text, default: undefined },
  serviceVersion: { check: checks.text, default: undefined },
  serviceInstanceId: { check: checks.text, default: undefined },
  environment: { check: checks.text, default: undefined },
  preset: { check: checks.oneOf(...presetNames), default: undefined },
  resourceAttributes: { check: attributeRecord, default: {} },
  enabled: { check: checks.boolean, default: true },
  traces: { check: checks.boolean, default: true },
  metrics: { check: checks.boolean, default: true },
  sampleRatio: { check: checks.number(0, 1), default: 0.01 },
  sampler: { check: samplerCheck, default: undefined },
  rules: { check: ruleList as unknown as Check<readonly SamplingRule[]>, default: [] },
  dryRun: { check: ruleList as unknown as Check<readonly SamplingRule[]>, default: [] },
  samplingFile: { check: samplingFileCheck, default: undefined },
  remoteSampling: { check: remoteSamplingCheck, default: undefined },
  rollout: { check: rolloutCheck, default: undefined },
  trustIncoming: {
    check: checks.either(checks.boolean, checks.callable<(request: unknown) => boolean>()),
    default: true,
  },
  tickets: {
    options: {
      secret: { check: ticketSecretCheck, default: undefined },
      header: { check: ticketHeaderCheck, default: "gossamer-ticket" },
      maxChecksPerSecond: { check: checks.number(1, 10_000), default: 100 },
    },
  },
  keep: {
    options: {
      errors: { check: share, default: 1 },
      aborted: { check: share, default: 1 },
      slowerThanMs: { check: checks.durationMs(0), default: 1_000 },
      slow: { check: share, default: 1 },
      trace: { check: checks.boolean, default: false },
      maxPerSecond: { check: perSecond, default: 100 },
    },
  },
  maxTracesPerSecond: { check: perSecond, default: 100 },
  maxSpansPerSecond: { check: perSecond, default: undefined },
  traceProbes: { check: checks.boolean, default: false },
  maxSpansPerRequest: { check: checks.count(1), default: 1_000 },
  maxSpanAgeMs: { check: checks.durationMs(1), default: 600_000 },
  internalSpans: { check: checks.boolean, default: false },
  outgoingCalls: { check: checks.boolean, default: true },
  propagators: {
    check: checks.listOf(
      checks.either<Propagator, Propagator>(
        checks.oneOf("tracecontext", "baggage", "none"),
        checks.having<Exclude<Propagator, string>>("inject", "extract", "fields"),
      ),
      20,
    ),
    default: ["tracecontext", "baggage"],
  },
  baggage: {
    options: {
      maxEntries: { check: checks.integer(0, 180), default: 180 },
      maxBytes: { check: checks.integer(0, 8_192), default: 8_192 },
      allowIncoming: { check: globPatterns, default: ["*"] },
      allowOutgoing: { check: globPatterns, default: ["*"] },
      fromUntrusted: { check: checks.boolean, default: false },
    },
  },
  register: { check: checks.oneOf("auto", "always", "never"), default: "auto" },
  limits: {
    options: {
      valueLength: { check: checks.count(0), default: 1_024 },
      truncateMarker: { check: checks.shortText(100), default: "..." },
      arrayItems: { check: checks.count(0), default: 100 },
      attributes: { check: checks.count(0), default: 64 },
      events: { check: checks.count(0), default: 128 },
      links: { check: checks.count(0), default: 32 },
      eventAttributes: { check: checks.count(0), default: undefined },
      linkAttributes: { check: checks.count(0), default: undefined },
    },
  },
  attributeSet: { check: checks.oneOf("minimal", "standard", "full"), default: "full" },
  attributeFilters: { check: attributeFilters, default: [] },
  redactQueryParameters: { check: checks.listOf(checks.text), default: [] },
  redactHeaders: { check: checks.listOf(headerName, 100), default: [] },
  redactAttributes: { check: globPatterns, default: [] },
  captureRequestHeaders: { check: checks.listOf(headerName, 100), default: [] },
  captureResponseHeaders: { check: checks.listOf(headerName, 100), default: [] },
  bodySizes: { check: checks.boolean, default: false },
  knownMethods: { check: checks.listOf(methodName, 100), default: undefined },
  boundaries: {
    check: checks.increasingNumbers(100),
    default: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
  },
  statusAttribute: { check: checks.oneOf("group", "code", "both"), default: "group" },
  temporality: { check: checks.oneOf("cumulative", "delta"), default: "cumulative" },
  metricIntervalMs: { check: checks.durationMs(1), default: 60_000 },
  metricTimeoutMs: { check: checks.durationMs(1), default: 30_000 },
  maxSeries: { check: checks.integer(1, 100_000), default: 2_000 },
  maxOperations: { check: checks.integer(1, 10_000), default: 200 },
  exemplars: { check: checks.oneOf("traced", "none", "all"), default: "traced" },
  views: { check: metricViews, default: [] },
  processMetrics: { check: processMetricsCheck, default: false },
  statsd: { check: statsdCheck, default: undefined },
  exporter: { check: exporterCheck, default: "otlp" },
  spanProcessors: {
    check: checks.listOf(checks.having<SpanProcessor>("onStart", "onEnd", "forceFlush", "shutdown"), 20),
    default: [],
  },
  spanExporters: { check: checks.listOf(checks.having<SpanExporter>("export", "shutdown"), 20), default: [] },
  otlp: {
    options: {
      endpoint: { check: endpointCheck, default: "http://localhost:4318" },
      tracesEndpoint: { check: endpointCheck, default: undefined },
      metricsEndpoint: { check: endpointCheck, default: undefined },
      logsEndpoint: { check: endpointCheck, default: undefined },
      protocol: { check: checks.oneOf("http/protobuf", "grpc"), default: "http/protobuf" },
      certificate: { check: checks.text, default: undefined },
      clientCertificate: { check: checks.text, default: undefined },
      clientKey: { check: checks.text, default: undefined },
      headers: { check: headerRecord, default: {} },
      compression: { check: checks.oneOf("gzip", "none"), default: "gzip" },
      gzipLevel: { check: checks.integer(1, 9), default: 3 },
      timeoutMs: { check: checks.durationMs(1), default: 10_000 },
      connectTimeoutMs: { check: checks.durationMs(1), default: 10_000 },
      connections: { check: checks.integer(1, 1_000), default: 10 },
      proxy: { check: proxyCheck, default: undefined },
      maxConnectionAgeMs: { check: checks.durationMs(1_000), default: 300_000 },
      maxConcurrentExports: { check: checks.integer(1, 1_000), default: 10 },
      retry: {
        options: {
          attempts: { check: checks.integer(1, 100), default: 5 },
          initialMs: { check: checks.durationMs(1), default: 500 },
          maxMs: { check: checks.durationMs(1), default: 5_000 },
          totalMs: { check: checks.durationMs(1), default: 30_000 },
        },
      },
    },
  },
  queue: {
    options: {
      maxSpans: { check: checks.count(1), default: 15_000 },
      maxBytes: { check: checks.count(1_024), default: 16_777_216 },
      overflow: { check: checks.oneOf("drop-oldest", "drop-newest", "spill", "block"), default: "drop-oldest" },
      warningRatio: { check: checks.number(0, 1), default: 0.8 },
      maxBlockMs: { check: checks.durationMs(1), default: 500 },
    },
  },
  batch: {
    options: {
      maxSpans: { check: checks.count(1), default: 512 },
      maxBytes: { check: checks.count(1_024), default: 1_048_576 },
      delayMs: { check: checks.durationMs(0), default: 5_000 },
    },
  },
  dynamicBatch: {
    options: {
      enabled: { check: checks.boolean, default: false },
      minSpans: { check: checks.count(1), default: 128 },
      maxSpans: { check: checks.count(1), default: 4_096 },
      minDelayMs: { check: checks.durationMs(1), default: 1_000 },
      maxDelayMs: { check: checks.durationMs(1), default: 10_000 },
      targetUse: { check: checks.number(0.05, 1), default: 0.7 },
    },
  },
  errorsLane: {
    options: {
      maxSpans: { check: checks.count(1), default: 1_000 },
      delayMs: { check: checks.durationMs(0), default: 1_000 },
    },
  },
  jobsLane: {
    options: {
      maxSpans: { check: checks.count(1), default: 4_500 },
      delayMs: { check: checks.durationMs(0), default: 60_000 },
    },
  },
  logRecords: { check: checks.oneOf("sampled", "all"), default: "sampled" },
  logsLane: {
    options: {
      maxRecords: { check: checks.count(1), default: 2_048 },
      batchRecords: { check: checks.count(1), default: 512 },
      delayMs: { check: checks.durationMs(0), default: 1_000 },
      totalMs: { check: checks.durationMs(1), default: 30_000 },
    },
  },
  breaker: {
    options: {
      enabled: { check: checks.boolean, default: true },
      failures: { check: checks.integer(1, 1_000), default: 5 },
      failureRatio: { check: checks.number(0.01, 1), default: 0.5 },
      windowMs: { check: checks.durationMs(10), default: 10_000 },
      minCalls: { check: checks.count(1), default: 10 },
      openMs: { check: checks.durationMs(0), default: 60_000 },
      trials: { check: checks.integer(1, 1_000), default: 10 },
      goodTrials: { check: checks.integer(1, 1_000), default: 3 },
    },
  },
  fallback: { check: checks.oneOf("drop", "console", "file", "ring"), default: "drop" },
  spool: {
    options: {
      directory: { check: checks.text, default: undefined },
      maxBytes: { check: checks.count(65_536), default: 67_108_864 },
      maxAgeMs: { check: checks.number(1_000), default: 86_400_000 },
    },
  },
  maxRingBytes: { check: checks.count(65_536), default: 4_194_304 },
  maxMemoryBytes: { check: checks.integer(1_048_576, 104_857_600_000), default: 67_108_864 },
  summaryLine: { check: checks.boolean, default: false },
  shutdown: {
    options: {
      signals: { check: checks.boolean, default: true },
      deadlineMs: { check: checks.durationMs(1), default: 5_000 },
    },
  },
  diagnostics: { check: checks.oneOf("none", "warn", "info"), default: "info" },
  log: { check: checks.callable<(line: string) => void>(), default: undefined },
  logLevel: { check: checks.oneOf(...logLevels), default: "info" },
  requestLine: { check: checks.either(checks.boolean, checks.oneOf("all", "failures")), default: true },
  categorizeError: { check: checks.callable<(error: unknown) => string | undefined>(), default: undefined },
  overhead: overheadTable,
  clock: { check: checks.having<Clock>("now", "epochMs", "monotonicMs"), default: undefined },
  random: { check: checks.callable<RandomSource>(), default: undefined },
};

/** The whole table as one group without a name. */
export const optionRoot: AnyGroup = { options: optionTable };
