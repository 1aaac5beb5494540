export { createTelemetry } from "@gossamer/core";
export { telemetry, type ExpressTelemetry } from "./telemetry.ts";
