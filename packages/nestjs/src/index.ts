export { createTelemetry } from "@gossamer/core";
export { Baggage, CurrentSpan } from "./param-decorators.ts";
export { NoTelemetry, type RouteDecorator, Sampled, SlowAfter, Telemetry } from "./route-decorators.ts";
export { Span, Traceable } from "./span-decorators.ts";
export type { TelemetryAsyncOptions } from "./telemetry-async-options.ts";
export { TelemetryModule } from "./telemetry-module.ts";
export { TelemetryService } from "./telemetry-service.ts";
export { TELEMETRY } from "./telemetry-token.ts";
