import type { AttributeValue } from "../attributes.ts";
import type { Decision } from "./decision.ts";
import type { Route } from "../route.ts";

/** The span a new one hangs under, as far as a sampler may know it. */
export interface SamplingParent {
  readonly sampled: boolean;
  /** Whether it lives in another process. */
  readonly remote: boolean;
  /** The `th` value of its tracestate. */
  readonly threshold?: string | undefined;
}

/**
 * What a sampler may look at. The exchange itself implements it, so nothing is allocated for a decision; a getter or function is called
 * only when its answer is needed.
 */
export interface SamplingFacts {
  /** The upper 24 bits of the 56-bit random value R, from 0 to 2^24 − 1. */
  readonly randomHigh: number;
  /** The lower 32 bits of R as a signed 32-bit integer. */
  readonly randomLow: number;
  readonly parent: SamplingParent | undefined;
  /** When the request or span began, in ms on a monotonic scale. What is bounded by time goes by it. */
  readonly startMs: number;
  /** The path as the client sent it, without the query; undefined where no request is. */
  readonly path?: string | undefined;
  /** How many spans of this process are above it: 0 for a request or root. @default 0 */
  readonly depth?: number;
  /** The route the framework matched; undefined before routing and when nothing matched. */
  readonly route: Route | undefined;
  /** True while routing is still ahead, so that no route means "not yet". */
  readonly routePending?: boolean;
  readonly method: string;
  /** OpenTelemetry span kind. */
  readonly kind: number;
  readonly name: string;
  /** A request header by its lower-case name. The `baggage` of a caller outside the trust boundary is not there. */
  header(name: string): string | undefined;
  attribute(key: string): AttributeValue | undefined;
}

/** Decides whether a request or span is recorded. May not throw; when it does, the span is not recorded. */
export interface Sampler {
  readonly description: string;
  /** Whether the answer depends on the route, so that deciding waits for it where it can. @default false */
  readonly usesRoute?: boolean;
  decide(facts: SamplingFacts): Decision;
  /** The chance that such a request is sampled now, asked without counting or spending anything; undefined where that cannot be told. */
  chance?(facts: SamplingFacts): number | undefined;
}

/** A sampler, or just its question as a function. */
export type SamplerLike = Sampler | ((facts: SamplingFacts) => boolean | Decision);
