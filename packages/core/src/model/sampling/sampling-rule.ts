import type { Attributes } from "../attributes.ts";
import type { SamplerLike } from "./sampler.ts";

/**
 * A sampling rule: which requests it is for, which share of them is traced, and what is kept of the rest. Of a list the first rule that matches
 * decides; every condition of it must hold.
 */
export interface SamplingRule {
  /**
   * Method and route template, such as `GET /users/:id`, `/admin/*`, `POST *` or `*`. The template is compared as the framework wrote it; `*` stands
   * for any text, slashes included. A rule that names a template waits for the route. @default "*"
   */
  match?: string | RuleMatch;
  /** The path as the client sent it, without the query: a text where `*` stands for any text. Only for what has no route, because clients choose it. */
  path?: string;
  /** The host asked for, without its port, in any case; `*` stands for any text. */
  host?: string;
  /** Request headers by name: a text where `*` stands for any text, or `true` for any value. All must hold. */
  headers?: Readonly<Record<string, string | true>>;
  /** What the rule is called on spans (`sampling.rule`), in counters and in errors. @default its conditions in one text */
  name?: string;
  /** The share that is traced, from 0 to 1. Without it and without a sampler the default decides. */
  ratio?: number;
  /** Decides in place of the ratio. */
  sampler?: SamplerLike;
  /**
   * Maximum sampled per second, on average, over any stretch of time with a burst of one second's worth (at least 4). The threshold is lowered
   * to meet it, so that counts estimated from traces stay true.
   */
  maxPerSecond?: number;
  /** Minimum sampled per minute and route, as far as there are requests: the first of each minute. They carry no threshold. */
  minPerMinute?: number;
  /** What is kept although it was not sampled; what is left out is as in the option `keep`. `false` keeps nothing. */
  keep?: boolean | RuleKeepOptions;
  /** The lane of the export pipeline that its traces take. */
  lane?: "http" | "jobs";
  /** `false`: not counted in the request metrics. @default true */
  metrics?: boolean;
  /** The responses are streams: the duration is the time to their headers. @default false */
  stream?: boolean;
  /** Takes the place of the route template in the span's name. */
  spanName?: string;
  /** Put on the server span of every recorded request. */
  attributes?: Attributes;
  /** Decides also where a trusted caller or the route itself has decided. @default false */
  ignoreParent?: boolean;
}

/** What a rule is for, where routes alone do not say it. */
export interface RuleMatch {
  /** Method and route template, as in `match` as a text. @default "*" */
  route?: string;
  /**
   * What was named by `telemetry.operation`: `graphql:Get*`, `rpc:user.byId`; `*` stands for any text. Such a rule waits for the name, on routes whose
   * requests were named before.
   */
  operation?: string;
}

/** What a rule keeps. A share is `true` for all, `false` for none, or a number from 0 to 1. */
export interface RuleKeepOptions {
  errors?: number | boolean;
  aborted?: number | boolean;
  slow?: number | boolean;
  /** From how long on a request is slow, in ms. */
  slowerThanMs?: number;
  /** Whether the child spans of an unsampled request are held until its end, in case it is kept. */
  trace?: boolean;
  /** Maximum kept per second by this rule, within the bound of the process. */
  maxPerSecond?: number;
}

/** A rule whose values are checked: durations in ms, shares as numbers. Patterns are checked where they are compiled. */
export interface CheckedRule extends Omit<SamplingRule, "keep"> {
  readonly keep?: RuleKeep | undefined;
}

export interface RuleKeep {
  readonly errors?: number | undefined;
  readonly aborted?: number | undefined;
  readonly slow?: number | undefined;
  /** In ms. */
  readonly slowerThanMs?: number | undefined;
  readonly trace?: boolean | undefined;
  readonly maxPerSecond?: number | undefined;
}
