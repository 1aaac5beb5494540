// What a service needs besides its adapter. Adapters hand on all of it, so that nothing else has to be installed.
export type * from "./index.ts";
export * from "./samplers.ts";
export { bindInstrument } from "./metrics/instruments/bind-instrument.ts";
export { dbView, dropDebug, httpView } from "./metrics/views/ready-views.ts";
export { latencyTarget, queueTarget } from "./telemetry/optional/self-tuning.part.ts";
export { createAttributeLimiter } from "./telemetry/create-attribute-limiter.ts";
export { createTelemetry, resetTelemetry } from "./telemetry/create-telemetry.ts";
export { processTelemetry as telemetry } from "./telemetry/process-telemetry.ts";
export { OptionError } from "./model/checks/option-error.ts";
