import "reflect-metadata";
import { TelemetryService } from "@gossamer/nestjs";
import { createTelemetry, resetTelemetry, telemetry, type Telemetry } from "@gossamer/core";
import { afterEach, expect, test } from "vitest";

afterEach(() => resetTelemetry());

test("TelemetryService has all that telemetry has elsewhere, and it is the engine's (R-A7)", () => {
  const engine = createTelemetry({
    exporter: "none",
    diagnostics: "none",
    shutdown: { signals: false },
    sampleRatio: 1,
  });
  const service: Telemetry = new TelemetryService(engine);
  for (const name of Object.keys(telemetry) as (keyof Telemetry)[]) {
    expect(typeof service[name], name).toBe(typeof engine[name]);
  }
  expect(service.span("step", (span) => span.isRecording())).toBe(true);
  expect(service.status()).toEqual(engine.status());
  expect(service.check()).toEqual(engine.check());
  expect(service.sampling.update({ sampleRatio: 0.5 }).sampleRatio).toBe(0.5);
});
