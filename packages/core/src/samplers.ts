// Which requests are traced: for the option `sampler`, for rules, and in an OpenTelemetry SDK by `toOtelSampler`.
export { alwaysOff, alwaysOn } from "./sampling/samplers/always.ts";
export { adaptive, type AdaptiveOptions } from "./sampling/samplers/adaptive.ts";
export type { FactsSource } from "./sampling/samplers/facts-source.ts";
export { parentBased, type ParentBasedOptions } from "./sampling/samplers/parent-based.ts";
export type { PriorityOptions } from "./sampling/samplers/priority.ts";
export { priority, tiered } from "./sampling/samplers/rare-samplers.part.ts";
export { rateLimit, type RateLimitOptions } from "./sampling/samplers/rate-limit.ts";
export { ratio } from "./sampling/samplers/ratio.ts";
export { isInRollout, rollout, type RolloutOptions } from "./sampling/samplers/rollout.ts";
export { rules } from "./telemetry/sampling/rules-sampler.ts";
export type { TieredOptions } from "./sampling/samplers/tiered.ts";
export { toOtelSampler, type OtelSampler } from "./tracing/otel-api/otel-sampler.ts";
export type { Sampler, SamplerLike, SamplingFacts } from "./model/sampling/sampler.ts";
export type { Decision } from "./model/sampling/decision.ts";
