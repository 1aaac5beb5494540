export { telemetry, type ExpressTelemetry } from "./telemetry.ts";
