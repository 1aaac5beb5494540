import type { KeepOptions } from "../../options/declare/telemetry-options.ts";
import type { SamplerLike } from "../../model/sampling/sampler.ts";
import type { SamplingRule } from "../../model/sampling/sampling-rule.ts";

/** What can be changed while the service runs. What is left out stays as it is; of `keep` too, member by member. */
export interface SamplingChange {
  /** Takes the place of ratio and sampler; it lifts the valve as it does at start. */
  readonly sampleRatio?: number;
  /** Takes the place of ratio and sampler. */
  readonly sampler?: SamplerLike;
  /** Takes the place of all rules; an empty list takes them away. */
  readonly rules?: readonly SamplingRule[];
  readonly keep?: KeepOptions;
  /** Begins another dry run; an empty list ends it. */
  readonly dryRun?: readonly SamplingRule[];
}

/** What is in force. It can be given to `update` again. */
export interface SamplingState {
  /** Undefined where a sampler of the user's own decides. */
  readonly sampleRatio: number | undefined;
  /** The default in words. */
  readonly sampler: string;
  readonly rules: readonly SamplingRule[];
  /** What a central place says of operations, by `remoteSampling` or a strategy file. They stand behind `rules`. */
  readonly centralRules: readonly SamplingRule[];
  readonly keep: Readonly<Required<KeepOptions>>;
  readonly dryRun: readonly SamplingRule[];
  /** Counts the changes since the start. One that names nothing is none. */
  readonly revision: number;
  /** Where the last change came from; `page` is the dev page. */
  readonly changedBy: "start" | "code" | "file" | "remote" | "page";
}

/** What a trace ticket is for. */
export interface TicketRequest {
  /** Method and route template as in rules: `GET /users/:id`, `/admin/*`, `*`. @default "*" */
  readonly route?: string;
  /** How many requests it is for, in each process that they reach. @default 1 */
  readonly count?: number;
  /** How long it is good, in ms; at most a day. @default 600000 */
  readonly forMs?: number;
}

/** Reads and changes what is sampled, from one request to the next. */
export interface SamplingControl {
  current(): SamplingState;
  /**
   * Puts a change in force as a whole, or not at all: when something in it is wrong it throws an `OptionError`, as at start, and what was in force
   * stays. Requests that were decided stay as they are. Caps and floors of rules begin anew; the bounds of the process go on.
   */
  update(change: SamplingChange): SamplingState;
  /**
   * Makes a trace ticket: the value of a header (`tickets.header`) with which a request is traced whole, in each service that knows the secret, whatever
   * the ratio and whoever calls. Throws an `OptionError` where no secret is known, and for what cannot be. Empty while the process has no engine.
   */
  ticket(request?: TicketRequest): string;
}
