/** Why a request or span is recorded or not, in one word. Bounded: these are also the labels of the counters. */
export type DecisionReason =
  | "ticket"
  | "always-on"
  | "always-off"
  | "ratio"
  | "rule"
  | "floor"
  | "cap"
  | "adaptive"
  | "rate-limit"
  | "rollout"
  | "priority"
  | "tiered"
  | "parent"
  | "route-options"
  | "probe"
  | "hint"
  | "before-route"
  | "valve"
  | "span-limit"
  | "error"
  | "aborted"
  | "slow"
  | "disabled"
  | "restrained"
  | "trial"
  | "custom"
  | (string & {});

/**
 * What a sampler answered. Made once and shared, never per request.
 *
 * `threshold` is the `th` value of the tracestate (OpenTelemetry probability sampling, hex digits without trailing zeros); it is there only
 * when the whole decision was one threshold on R.
 */
export interface Decision {
  readonly sampled: boolean;
  readonly reason: DecisionReason;
  readonly rule?: string | undefined;
  readonly ratio?: number | undefined;
  readonly threshold?: string | undefined;
}
