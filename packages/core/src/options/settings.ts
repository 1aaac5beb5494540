import type { Attributes } from "../model/attributes.ts";
import type { Clock } from "../model/clock.ts";
import type { DiagnosticsLevel } from "../model/diagnostics.ts";
import type { Propagator } from "../model/propagator.ts";
import type { RandomSource } from "../model/random.ts";
import type { SamplerLike } from "../model/sampler.ts";
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
  /** Those of the options over those of `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resourceAttributes: Attributes;
  readonly enabled: boolean;
  readonly traces: boolean;
  readonly metrics: boolean;
  readonly sampling: SamplingSettings;
  readonly trustIncoming: boolean | ((request: unknown) => boolean);
  readonly keep: KeepSettings;
  /** The valve; undefined: open. */
  readonly maxTracesPerSecond: number | undefined;
  /** Undefined: no bound. */
  readonly maxSpansPerSecond: number | undefined;
  readonly traceProbes: boolean;
  readonly maxSpansPerRequest: number;
  readonly maxSpanAgeMs: number;
  readonly internalSpans: boolean;
  /** Never `none`: an empty list says that. No name twice. */
  readonly propagators: readonly Exclude<Propagator, "none">[];
  readonly register: "auto" | "always" | "never";
  readonly limits: LimitSettings;
  readonly redactQueryParameters: readonly string[];
  /** In lower case. */
  readonly captureRequestHeaders: readonly string[];
  /** In lower case. */
  readonly captureResponseHeaders: readonly string[];
  /** Undefined: the built-in list. */
  readonly knownMethods: readonly string[] | undefined;
  readonly boundaries: readonly number[];
  readonly statusAttribute: "group" | "code" | "both";
  readonly temporality: "cumulative" | "delta";
  readonly metricIntervalMs: number;
  /** At most the interval. */
  readonly metricTimeoutMs: number;
  readonly maxSeries: number;
  readonly exporters: { readonly traces: "otlp" | "none"; readonly metrics: "otlp" | "none" };
  readonly spanProcessors: readonly SpanProcessor[];
  readonly spanExporters: readonly SpanExporter[];
  readonly otlp: OtlpSettings;
  readonly queue: { readonly maxSpans: number; readonly maxBytes: number };
  /** Its bounds are at most the queue's. */
  readonly batch: { readonly maxSpans: number; readonly maxBytes: number; readonly delayMs: number };
  readonly shutdown: { readonly signals: boolean; readonly deadlineMs: number };
  readonly diagnostics: DiagnosticsLevel;
  /** Undefined: standard error. */
  readonly log: ((line: string) => void) | undefined;
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
}

export interface OtlpSettings {
  readonly traces: OtlpTarget;
  readonly metrics: OtlpTarget;
  /** Whether anybody gave an address, for either signal. */
  readonly endpointGiven: boolean;
  readonly gzipLevel: number;
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
  readonly url: string;
  /** Whether anybody gave this address, so that its absence is worth a warning. */
  readonly endpointGiven: boolean;
  /** Names in lower case; names and values are those Node accepts. */
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: "gzip" | "none";
  readonly timeoutMs: number;
}
