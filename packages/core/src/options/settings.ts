import type { AttributeFilter } from "../model/attribute-filter.ts";
import type { AttributeSet } from "../model/attribute-set.ts";
import type { Attributes } from "../model/attributes.ts";
import type { Clock } from "../model/clock.ts";
import type { DiagnosticsLevel } from "../model/diagnostics.ts";
import type { ExporterName } from "../model/exporter-name.ts";
import type { Propagator } from "../model/propagator.ts";
import type { RandomSource } from "../model/random.ts";
import type { SamplerLike } from "../model/sampler.ts";
import type { CheckedRule } from "../model/sampling-rule.ts";
import type { RolloutSettings, SamplingFileSettings } from "./validate/sampling-checks.ts";
import type { LogLevel } from "../model/log-level.ts";
import type { PresetName } from "./declare/preset-table.ts";
import type { SpanExporter, SpanProcessor } from "../model/span-processor.ts";

/** The options once resolved: each is there, and `undefined` only where absence means something. Units are those of `TelemetryOptions`. */
export interface Settings {
  /** Undefined: the resource takes the nearest package.json's. */
  readonly serviceName: string | undefined;
  readonly serviceVersion: string | undefined;
  /** Undefined: the resource makes one. */
  readonly serviceInstanceId: string | undefined;
  /** The name as it was given; undefined when none was found. */
  readonly environment: string | undefined;
  readonly preset: PresetName | undefined;
  /** Whether the environment is production, or has a name that is not known. */
  readonly isProduction: boolean;
  /** Those of the options over those of `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resourceAttributes: Attributes;
  readonly enabled: boolean;
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly sampling: SamplingSettings;
  readonly rules: readonly CheckedRule[];
  readonly dryRun: readonly CheckedRule[];
  readonly samplingFile: SamplingFileSettings | undefined;
  readonly rollout: RolloutSettings | undefined;
  readonly trustIncoming: boolean | ((request: unknown) => boolean);
  readonly keep: KeepSettings;
  /** The valve; undefined: open. */
  readonly maxTracesPerSecond: number | undefined;
  /** Whether the valve was given, so that it bounds everything and choosing does not lift it. */
  readonly valveGiven: boolean;
  /** Undefined: no bound. */
  readonly maxSpansPerSecond: number | undefined;
  readonly traceProbes: boolean;
  readonly maxSpansPerRequest: number;
  readonly maxSpanAgeMs: number;
  readonly internalSpans: boolean;
  readonly outgoingCalls: boolean;
  /** Never `none`: an empty list says that. No name twice. */
  readonly propagators: readonly Exclude<Propagator, "none">[];
  readonly baggage: {
    readonly maxEntries: number;
    readonly maxBytes: number;
    readonly allowIncoming: readonly string[];
    readonly allowOutgoing: readonly string[];
    readonly fromUntrusted: boolean;
  };
  readonly register: "auto" | "always" | "never";
  readonly limits: LimitSettings;
  readonly attributeSet: AttributeSet;
  readonly attributeFilters: readonly AttributeFilter[];
  readonly redactQueryParameters: readonly string[];
  /** In lower case. */
  readonly redactHeaders: readonly string[];
  readonly redactAttributes: readonly string[];
  /** In lower case. */
  readonly captureRequestHeaders: readonly string[];
  /** In lower case. */
  readonly captureResponseHeaders: readonly string[];
  readonly bodySizes: boolean;
  /** Undefined: the built-in list. */
  readonly knownMethods: readonly string[] | undefined;
  readonly boundaries: readonly number[];
  readonly statusAttribute: "group" | "code" | "both";
  readonly temporality: "cumulative" | "delta";
  readonly metricIntervalMs: number;
  /** At most the interval. */
  readonly metricTimeoutMs: number;
  readonly maxSeries: number;
  readonly exporters: {
    /** In their order; empty: spans go nowhere. */
    readonly traces: readonly (Exclude<ExporterName, "none"> | SpanExporter)[];
    readonly metrics: "otlp" | "none";
  };
  readonly spanProcessors: readonly SpanProcessor[];
  readonly spanExporters: readonly SpanExporter[];
  readonly otlp: OtlpSettings;
  readonly queue: {
    readonly maxSpans: number;
    readonly maxBytes: number;
    readonly overflow: "drop-oldest" | "drop-newest" | "spill" | "block";
    readonly warningRatio: number;
    readonly maxBlockMs: number;
  };
  /** Its bounds are at most the queue's. */
  readonly batch: { readonly maxSpans: number; readonly maxBytes: number; readonly delayMs: number };
  /** Undefined: batches do not move. */
  readonly dynamicBatch: DynamicBatchSettings | undefined;
  readonly errorsLane: { readonly maxSpans: number; readonly delayMs: number };
  readonly jobsLane: { readonly maxSpans: number; readonly delayMs: number };
  /** Undefined: sending never stops. */
  readonly breaker: BreakerSettings | undefined;
  readonly fallback: "drop" | "console" | "file" | "ring";
  readonly spool: {
    /** Undefined: a folder of the service's own where the system keeps what is temporary. */
    readonly directory: string | undefined;
    readonly maxBytes: number;
    readonly maxAgeMs: number;
  };
  readonly ringBytes: number;
  readonly maxMemoryBytes: number;
  readonly summaryLine: boolean;
  readonly shutdown: { readonly signals: boolean; readonly deadlineMs: number };
  readonly diagnostics: DiagnosticsLevel;
  /** Undefined: standard error. */
  readonly log: ((line: string) => void) | undefined;
  readonly logLevel: LogLevel;
  readonly requestLine: "sampled" | "all" | "failures" | "off";
  /** Undefined: the error's class. */
  readonly categorizeError: ((error: unknown) => string | undefined) | undefined;
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** Which sampler is to be built; `sampler` is there exactly when the kind is `custom`. */
export interface SamplingSettings {
  readonly kind: "ratio" | "always_on" | "always_off" | "custom";
  /** The share that is meant: 1 and 0 for always on and off. For a custom sampler it is the environment's, and has no effect. */
  readonly ratio: number;
  /** Whether a trusted caller's decision is followed. False for a custom sampler, which sees the parent itself. */
  readonly parentBased: boolean;
  readonly sampler: SamplerLike | undefined;
  /** Whether anybody chose the ratio or the sampler, so that the valve is lifted. */
  readonly chosen: boolean;
}

/** Shares from 0 to 1. */
export interface KeepSettings {
  readonly errors: number;
  readonly aborted: number;
  readonly slowerThanMs: number;
  readonly slow: number;
  readonly trace: boolean;
  readonly maxPerSecond: number;
}

export interface LimitSettings {
  readonly valueLength: number;
  /** Never longer than `valueLength`. */
  readonly truncateMarker: string;
  readonly arrayItems: number;
  readonly attributes: number;
  readonly events: number;
  readonly links: number;
  readonly eventAttributes: number;
  readonly linkAttributes: number;
}

export interface OtlpSettings {
  readonly traces: OtlpTarget;
  readonly metrics: OtlpTarget;
  /** Whether anybody gave an address, for either signal. */
  readonly endpointGiven: boolean;
  readonly gzipLevel: number;
  readonly connectTimeoutMs: number;
  readonly connections: number;
  readonly maxConcurrentExports: number;
  readonly retry: {
    readonly attempts: number;
    readonly initialMs: number;
    readonly maxMs: number;
    readonly totalMs: number;
  };
}

/** Where one signal goes. */
export interface OtlpTarget {
  /** For gRPC the path is the method's. */
  readonly url: string;
  readonly protocol: "http/protobuf" | "grpc";
  /** PEM texts; undefined: Node's own list of authorities, and no certificate of ours. */
  readonly tls: TlsTexts | undefined;
  /** Whether anybody gave this address, so that its absence is worth a warning. */
  readonly endpointGiven: boolean;
  /** Names in lower case; names and values are those Node accepts. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: "gzip" | "none";
  readonly timeoutMs: number;
}

/** PEM texts that OpenSSL has read; a certificate is never there without its key. */
export interface TlsTexts {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
}

export interface DynamicBatchSettings {
  readonly minSpans: number;
  readonly maxSpans: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  readonly targetUse: number;
}

export interface BreakerSettings {
  readonly failures: number;
  readonly ratio: number;
  readonly windowMs: number;
  readonly minCalls: number;
  readonly openMs: number;
  readonly trials: number;
  readonly goodTrials: number;
}
