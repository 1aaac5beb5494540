import type { Clock } from "../../model/clock.ts";
import type { ExporterName } from "../../model/choices.ts";
import type { Propagator } from "../../model/choices.ts";
import type { RandomSource } from "../../model/random.ts";
import type { SamplerDescription } from "../../model/sampling/sampler-description.ts";
import type { SamplerLike } from "../../model/sampling/sampler.ts";
import type { CheckedRule } from "../../model/sampling/sampling-rule.ts";
import type { SpanExporter } from "../../model/span-processor.ts";
import type { OptionValues } from "../declare/option-entry.ts";
import type { OverheadSettings } from "./overhead-settings.ts";
import type { StatsdSettings } from "./statsd-settings.ts";
import type { ProcessMetricsSettings } from "../declare/process-metrics-check.ts";
import type { RemoteSamplingSettings, RolloutSettings, SamplingFileSettings } from "../declare/sampling-checks.ts";

/** Options that the settings have under another name, in another form, or not at all. */
type Settled =
  | "sampler"
  | "sampleRatio"
  | "exporter"
  | "rules"
  | "dryRun"
  | "samplingFile"
  | "remoteSampling"
  | "rollout"
  | "processMetrics"
  | "statsd"
  | "keep"
  | "maxTracesPerSecond"
  | "propagators"
  | "limits"
  | "otlp"
  | "dynamicBatch"
  | "breaker"
  | "requestLine"
  | "overhead"
  | "clock"
  | "random";

/**
 * The options once resolved: each is there, and `undefined` only where absence means something. An option that needs no more than its check is here
 * by itself, under its own name and in its own unit; named below is what differs.
 *
 * `batch` is at most `queue`, `metricTimeoutMs` at most `metricIntervalMs`; names of headers are in lower case; `resourceAttributes` are those of the
 * options over those of `OTEL_RESOURCE_ATTRIBUTES`.
 */
export interface Settings extends Omit<OptionValues, Settled> {
  /** Whether the environment is production, or has a name that is not known. */
  readonly isProduction: boolean;
  readonly sampling: SamplingSettings;
  readonly rules: readonly CheckedRule[];
  readonly dryRun: readonly CheckedRule[];
  readonly samplingFile: SamplingFileSettings | undefined;
  /** Undefined: no endpoint is asked. */
  readonly remoteSampling: RemoteSamplingSettings | undefined;
  readonly rollout: RolloutSettings | undefined;
  /** Undefined: nothing goes to StatsD. */
  readonly statsd: StatsdSettings | undefined;
  readonly processMetrics: ProcessMetricsSettings | false;
  readonly keep: KeepSettings;
  /** The valve; undefined: open. */
  readonly maxTracesPerSecond: number | undefined;
  /** Whether the valve was given, so that it bounds everything and choosing does not lift it. */
  readonly valveGiven: boolean;
  /** Never `none`: an empty list says that. No name twice. */
  readonly propagators: readonly Exclude<Propagator, "none">[];
  readonly limits: LimitSettings;
  readonly exporters: {
    /** In their order; empty: spans go nowhere. */
    readonly traces: readonly (Exclude<ExporterName, "none"> | SpanExporter)[];
    readonly metrics: "otlp" | "none";
    readonly logs: "otlp" | "none";
  };
  readonly otlp: OtlpSettings;
  /** Undefined: batches do not move. */
  readonly dynamicBatch: DynamicBatchSettings | undefined;
  /** Undefined: sending never stops. */
  readonly breaker: BreakerSettings | undefined;
  /** Undefined: telemetry does not measure itself, and nothing holds it back. */
  readonly overhead: OverheadSettings | undefined;
  readonly requestLine: "sampled" | "all" | "failures" | "off";
  readonly clock: Clock;
  readonly random: RandomSource;
}

/** Which sampler is to be built; `sampler` is there exactly when the kind is `custom`. */
export interface SamplingSettings {
  readonly kind: "ratio" | "always_on" | "always_off" | "described" | "custom";
  /** The share that is meant: 1 and 0 for always on and off. For a custom sampler it is the environment's, and has no effect. */
  readonly ratio: number;
  /** Whether a trusted caller's decision is followed. False for a custom sampler, which sees the parent itself. */
  readonly parentBased: boolean;
  readonly sampler: SamplerLike | undefined;
  /** There exactly when the kind is `described`. */
  readonly description?: SamplerDescription | undefined;
  /** Whether anybody chose the ratio or the sampler, so that the valve is lifted. */
  readonly chosen: boolean;
}

/** Shares from 0 to 1. */
export type KeepSettings = Omit<OptionValues["keep"], KeptShare> & Readonly<Record<KeptShare, number>>;
type KeptShare = "errors" | "aborted" | "slow";

/** The marker is never longer than a value may be. */
export type LimitSettings = {
  readonly [Name in keyof OptionValues["limits"]]: NonNullable<OptionValues["limits"][Name]>;
};

/** Where each signal goes, and what holds for all. */
export interface OtlpSettings extends Omit<OptionValues["otlp"], TargetOption> {
  readonly traces: OtlpTarget;
  readonly metrics: OtlpTarget;
  readonly logs: OtlpTarget;
  /** Whether anybody gave an address, for any signal. */
  readonly endpointGiven: boolean;
}

/** Options that each signal has in its own target. */
type TargetOption =
  | "endpoint"
  | "tracesEndpoint"
  | "metricsEndpoint"
  | "logsEndpoint"
  | "protocol"
  | "certificate"
  | "clientCertificate"
  | "clientKey"
  | "headers"
  | "compression"
  | "timeoutMs"
  | "proxy";

/** Where one signal goes. */
export interface OtlpTarget {
  /** For gRPC the path is the method's. */
  readonly url: string;
  readonly protocol: "http/protobuf" | "grpc";
  /** The proxy that leads there; undefined: none does. */
  readonly proxy: string | undefined;
  /** Whether an address was given of which nobody can tell where it leads, so that nothing is sent. */
  readonly isLost: boolean;
  /** PEM texts; undefined: Node's own list of authorities, and no certificate of ours. */
  readonly tls: TlsTexts | undefined;
  /** Whether anybody gave this address, so that its absence is worth a warning. */
  readonly endpointGiven: boolean;
  /** Whether the code did. */
  readonly endpointInCode: boolean;
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

export type DynamicBatchSettings = Omit<OptionValues["dynamicBatch"], "enabled">;

export type BreakerSettings = Omit<OptionValues["breaker"], "enabled">;
