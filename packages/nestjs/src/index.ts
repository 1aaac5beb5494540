export type { NestRequest } from "./nest-request.ts";
export { BaggageEntry, CurrentSpan } from "./param-decorators.ts";
export { NoTelemetry, type RouteDecorator, RouteTelemetry, Sampled, SlowAfter } from "./route-decorators.ts";
export { Traceable, Traced } from "./span-decorators.ts";
export type {
  TelemetryAsyncOptions,
  TelemetryClassOptions,
  TelemetryExistingOptions,
  TelemetryFactoryOptions,
  TelemetryImports,
  TelemetryOptionsFactory,
  TelemetrySource,
} from "./telemetry-async-options.ts";
export { TelemetryModule } from "./telemetry-module.ts";
export { TelemetryService } from "./telemetry-service.ts";
export { TELEMETRY } from "./telemetry-token.ts";
export { createTelemetry, type RolloutSwitch, type TelemetryOptions } from "./create-telemetry.ts";

export * from "@gossamer/core/service";
