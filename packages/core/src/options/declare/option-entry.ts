import type { Check } from "../../model/checks/checks.ts";
import type { TelemetryOptions } from "./telemetry-options.ts";

/** Options that hold further options. */
export type GroupName =
  | "keep"
  | "tickets"
  | "baggage"
  | "limits"
  | "otlp"
  | "retry"
  | "queue"
  | "batch"
  | "shutdown"
  | "overhead"
  | "optimize"
  | PipelineGroupName;

type PipelineGroupName = "dynamicBatch" | "errorsLane" | "jobsLane" | "logsLane" | "breaker" | "spool";

/** Options whose absence means something, so that they have no default value. */
export type OpenName =
  | "serviceName"
  | "serviceVersion"
  | "serviceInstanceId"
  | "environment"
  | "preset"
  | "eventAttributes"
  | "linkAttributes"
  | "sampler"
  | "samplingFile"
  | "remoteSampling"
  | "rollout"
  | "secret"
  | "maxSpansPerSecond"
  | "statsd"
  | "knownMethods"
  | "tracesEndpoint"
  | "metricsEndpoint"
  | "logsEndpoint"
  | "proxy"
  | "certificate"
  | "clientCertificate"
  | "clientKey"
  | "directory"
  | "log"
  | "red"
  | "onChange"
  | "onExceeded"
  | "categorizeError"
  | "clock"
  | "random";

/** What code needs to know of one option; what it promises is its TSDoc. */
export interface OptionEntry<T, Default = T> {
  readonly check: Check<T>;
  readonly default: Default;
}

export interface OptionGroup<Options> {
  readonly options: OptionTable<Options>;
}

/** One entry for each option, so that a missing, extra or mistyped one does not compile. */
export type OptionTable<Options> = {
  readonly [Name in keyof Required<Options>]: Name extends GroupName
    ? OptionGroup<Required<Options>[Name]>
    : OptionEntry<Required<Options>[Name], Name extends OpenName ? undefined : Required<Options>[Name]>;
};

/** Every option with a value, `undefined` only for those without a default. */
export type OptionValues<Options = TelemetryOptions> = {
  readonly [Name in keyof Required<Options>]: Name extends GroupName
    ? OptionValues<Required<Options>[Name]>
    : Required<Options>[Name] | (Name extends OpenName ? undefined : never);
};

/** Entries and groups as code that walks the table sees them. */
export type AnyOption = OptionEntry<unknown>;
export type AnyEntry = AnyOption | AnyGroup;
export interface AnyGroup {
  readonly options: Readonly<Record<string, AnyEntry>>;
}

export function isGroup(entry: AnyEntry): entry is AnyGroup {
  return "options" in entry;
}
