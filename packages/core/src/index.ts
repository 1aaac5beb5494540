export { createTelemetry, engineOf, isTelemetry, resetTelemetry } from "./telemetry/create-telemetry.ts";
export { existingTelemetry } from "./telemetry/engine-registry.ts";
export { carryTelemetry, processTelemetry } from "./telemetry/process-telemetry.ts";
export type { PrometheusOptions, SpanHelperOptions, Telemetry, TelemetryEngine } from "./telemetry/telemetry.ts";
export type { FlushingTracerProvider } from "./telemetry/wiring/api-standing.ts";
export type { ActiveRequest, RequestExchange } from "./model/request-exchange.ts";
export type { InstrumentationOptions, OutgoingRequest } from "./telemetry/instrumentation-options.ts";
export type { MetricProducer } from "./metrics/metric-producer.ts";
export type { TelemetryStatus } from "./telemetry/wiring/telemetry-status.ts";
export type {
  LoggedService,
  LogDestination,
  LogStatus,
  SpanIdentity,
  TelemetryLogging,
} from "./telemetry/wiring/telemetry-logging.ts";
export type { TelemetryOptions } from "./options/declare/telemetry-options.ts";
export type { Finding } from "./telemetry/check/finding.ts";
export { OptionError, type OptionErrorDetails } from "./options/validate/option-error.ts";
export type { ErrorCode } from "./model/codes.ts";
export { durationText } from "./options/validate/duration-text.ts";
export { checkRouteOptions } from "./options/validate/check-route-options.ts";

// Parts that stand alone.
export {
  CircuitBreaker,
  type BreakerChange,
  type BreakerResult,
  type CircuitBreakerOptions,
} from "./pipeline/breaker/circuit-breaker.ts";
export {
  anyOf,
  type BreakerStrategy,
  consecutiveFailures,
  failureRatio,
} from "./pipeline/breaker/breaker-strategies.ts";
export { type BatchSettings, type BatchSize, Batcher, type Waiting } from "./pipeline/queue/batcher.ts";
export { DynamicBatch, type DynamicBatchSettings } from "./pipeline/queue/dynamic-batch.ts";
export { type QueueNeed, sizeQueue } from "./pipeline/queue/size-queue.ts";
export type { BreakerEvent } from "./pipeline/breaker/breaker-log.ts";

// For adapters.
export { Adopted } from "./exchange/node/adopted.ts";
export { attachExchange, exchangeOf } from "./exchange/node/attached-exchange.ts";
export {
  type FrameworkResponse,
  type NodeAdapter,
  type NodeObserver,
  observeNode,
  type RequestEngine,
} from "./exchange/node/observe-node.ts";
export { nodeReader } from "./exchange/node/node-reader.ts";
export { isEventStream, nodeOutcome } from "./exchange/node/node-response.ts";
export type { Outcome } from "./model/outcome.ts";
export type { RequestReader } from "./model/request-reader.ts";
export { type Route, type RouteOptions, type RouteTable } from "./model/route.ts";

// For loggers.
export type { RequestLine, RequestLineSink } from "./logging/request-line.ts";
export type { LogLevel } from "./model/choices.ts";

// Limits.
export {
  type AttributeLimiter,
  type AttributeLimiterOptions,
  createAttributeLimiter,
  type LimitedAttributes,
} from "./telemetry/create-attribute-limiter.ts";
export type { AttributeFilter } from "./model/attribute-filter.ts";
export type { AttributeSet } from "./model/choices.ts";
export type { PresetName } from "./options/declare/preset-table.ts";
// Of OpenTelemetry's SDKs, as plugged in.
export type { ReadableEvent, ReadableSpan, SpanExporter, SpanProcessor } from "./model/span-processor.ts";

// Samplers.
export { alwaysOff, alwaysOn } from "./sampling/samplers/always.ts";
export { adaptive, type AdaptiveOptions } from "./sampling/samplers/adaptive.ts";
export type { FactsSource } from "./sampling/samplers/facts-source.ts";
export { parentBased, type ParentBasedOptions } from "./sampling/samplers/parent-based.ts";
export { priority, type PriorityOptions } from "./sampling/samplers/priority.ts";
export { rateLimit, type RateLimitOptions } from "./sampling/samplers/rate-limit.ts";
export { ratio } from "./sampling/samplers/ratio.ts";
export { isInRollout, rollout, type RolloutOptions } from "./sampling/samplers/rollout.ts";
export { rules } from "./telemetry/sampling/rules-sampler.ts";
export { tiered, type TieredOptions } from "./sampling/samplers/tiered.ts";
export { type OtelSampler, toOtelSampler } from "./tracing/otel-api/otel-sampler.ts";
export type { RuleKeepOptions, SamplingRule } from "./model/sampling/sampling-rule.ts";
export type { SamplingChange, SamplingControl, SamplingState } from "./telemetry/sampling/sampling-control.ts";
export type { Explanation, ExplainRequest } from "./telemetry/sampling/explain.ts";
export type { Sampler, SamplerLike, SamplingFacts } from "./model/sampling/sampler.ts";
export type { Decision } from "./model/sampling/decision.ts";
