import type { Check } from "../validate/checks.ts";

/** Options that hold further options. */
export type GroupName =
  | "keep"
  | "baggage"
  | "limits"
  | "otlp"
  | "retry"
  | "queue"
  | "batch"
  | "shutdown"
  | PipelineGroupName;

type PipelineGroupName = "dynamicBatch" | "errorsLane" | "jobsLane" | "breaker" | "spool";

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
  | "rollout"
  | "maxSpansPerSecond"
  | "knownMethods"
  | "tracesEndpoint"
  | "metricsEndpoint"
  | "certificate"
  | "clientCertificate"
  | "clientKey"
  | "directory"
  | "log"
  | "categorizeError"
  | "clock"
  | "random";

/** All there is to know about one option. */
export interface OptionEntry<T, Default = T> {
  readonly check: Check<T>;
  readonly default: Default;
  /** The default in words, where a value alone does not tell it. */
  readonly defaultText?: string | undefined;
  /** The promise in one sentence, the same as the first of its TSDoc. */
  readonly description: string;
}

export interface OptionGroup<Options> {
  readonly description: string;
  readonly options: OptionTable<Options>;
}

/** One entry for each option, so that a missing, extra or mistyped one does not compile. */
export type OptionTable<Options> = {
  readonly [Name in keyof Required<Options>]: Name extends GroupName
    ? OptionGroup<Required<Options>[Name]>
    : OptionEntry<Required<Options>[Name], Name extends OpenName ? undefined : Required<Options>[Name]>;
};

/** Entries and groups as code that walks the table sees them. */
export type AnyEntry = OptionEntry<unknown> | AnyGroup;
export interface AnyGroup {
  readonly description: string;
  readonly options: Readonly<Record<string, AnyEntry>>;
}

export function isGroup(entry: AnyEntry): entry is AnyGroup {
  return "options" in entry;
}
