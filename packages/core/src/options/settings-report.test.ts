import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { alwaysOn } from "../sampling/samplers/always.ts";
import { optionNames } from "./testing/option-names.ts";
import { resolveOptions } from "./resolve-options.ts";
import type { TelemetryOptions } from "./declare/telemetry-options.ts";

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, "../../../../test/fixtures/tls", name), "utf8");
}

function report(options: TelemetryOptions = {}, variables: Record<string, string> = {}) {
  return resolveOptions(options, variables).report;
}

test("every option is there with its value and who chose it (R-C1)", () => {
  const settings = report(
    { batch: { maxSpans: 50 }, preset: "balanced", environment: "staging" },
    { OTEL_SPAN_EVENT_COUNT_LIMIT: "9" },
  );
  expect(Object.keys(settings)).toEqual(optionNames);
  expect(settings).toMatchObject({
    "batch.maxSpans": { value: 50, from: "code" },
    "limits.events": { value: 9, from: "variable", variable: "OTEL_SPAN_EVENT_COUNT_LIMIT" },
    "queue.maxSpans": { value: 16_384, from: "preset", preset: "balanced" },
    "limits.valueLength": { value: 1_000, from: "environment" },
    "limits.links": { value: 32, from: "default" },
    environment: { value: "staging", from: "code" },
    maxMemoryBytes: { value: 67_108_864, from: "preset" },
  });
});

test("a value is the one that holds, once all were made to fit (R-C1)", () => {
  const settings = report({ queue: { maxSpans: 100 } }, { NODE_ENV: "production", OTEL_TRACES_SAMPLER: "always_off" });
  expect(settings).toMatchObject({
    "batch.maxSpans": { value: 100 },
    sampleRatio: { value: 0, from: "variable", variable: "OTEL_TRACES_SAMPLER" },
    sampler: { value: "always_off" },
    environment: { value: "production", from: "variable", variable: "NODE_ENV" },
  });
  expect(report({ sampleRatio: 0.5 })["maxTracesPerSecond"]?.value).toBeUndefined();
});

test("secrets are not in it, wherever they were put (R-C1)", () => {
  const clientKey = fixture("client-key.pem");
  const settings = report(
    {
      otlp: {
        endpoint: "https://user:hunter2@collector.example/?token=hunter2",
        headers: { authorization: "Bearer hunter2", "x-scope": "hunter2" },
        clientKey,
        clientCertificate: fixture("client-cert.pem"),
      },
      resourceAttributes: { "deploy.token": "hunter2", team: "blue" },
    },
    { OTEL_EXPORTER_OTLP_METRICS_HEADERS: "api-key=hunter2" },
  );
  expect(JSON.stringify(settings)).not.toContain("hunter2");
  expect(settings["otlp.clientKey"]?.value).toBe("REDACTED");
  expect(settings["otlp.headers"]?.value).toEqual({
    authorization: "REDACTED",
    "x-scope": "REDACTED",
    "api-key": "REDACTED",
  });
  expect(settings["otlp.endpoint"]?.value).toBe("https://REDACTED@collector.example/?token=REDACTED");
  expect(settings["resourceAttributes"]?.value).toEqual({ "deploy.token": "REDACTED", team: "blue" });
});

test("functions and objects are said by their kind, and the whole is plain data (R-C1)", () => {
  const settings = report({ log: () => {}, sampler: alwaysOn(), trustIncoming: () => true });
  expect(settings).toMatchObject({
    log: { value: "a function" },
    sampler: { value: "an object" },
    trustIncoming: { value: "a function" },
  });
  expect(() => JSON.stringify(settings)).not.toThrow();
});
