export { createTelemetry } from "@gossamer/core";
export { observe } from "./observe.ts";
export { telemetry, type FastifyTelemetryOptions } from "./telemetry.ts";
