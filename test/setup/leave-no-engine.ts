import { existingTelemetry, resetTelemetry } from "@gossamer/core";
import { afterAll } from "vitest";

// The next file runs in the same process, and would get this one's engine.
afterAll(async () => {
  if (existingTelemetry() !== undefined) await resetTelemetry();
});
