export { createTelemetry, existingTelemetry, isTelemetry, resetTelemetry } from "./telemetry/create-telemetry.ts";
export type { PrometheusOptions, SpanHelperOptions, Telemetry } from "./telemetry/telemetry.ts";
export type { InstrumentationOptions, OutgoingRequest } from "./telemetry/instrumentation-options.ts";
export type { TelemetryStatus } from "./telemetry/telemetry-status.ts";
export type { TelemetryOptions } from "./options/telemetry-options.ts";
export { OptionError } from "./options/option-error.ts";
export { checkRouteOptions } from "./options/check-route-options.ts";

// For adapters.
export type { Exchange } from "./exchange/exchange.ts";
export { attachExchange, exchangeOf } from "./exchange/attached-exchange.ts";
export { nodeReader } from "./exchange/node-reader.ts";
export { announcesEvents, isEventStream, nodeOutcome } from "./exchange/node-response.ts";
export type { Outcome } from "./model/outcome.ts";
export type { RequestReader } from "./model/request-reader.ts";
export { type Route, type RouteOptions, type RouteTable } from "./model/route.ts";

// Of OpenTelemetry's SDKs, as plugged in.
export type { ReadableEvent, ReadableSpan, SpanExporter, SpanProcessor } from "./model/span-processor.ts";

// Samplers.
export { alwaysOff, alwaysOn } from "./sampling/always.ts";
export { parentBased, type ParentBasedOptions } from "./sampling/parent-based.ts";
export { ratio } from "./sampling/ratio.ts";
export type { Sampler, SamplerLike, SamplingFacts } from "./sampling/sampler.ts";
export type { Decision } from "./model/decision.ts";
