import { expect, test } from "vitest";
import { resolveOptions } from "../resolve-options.ts";
import type { TelemetryOptions } from "../declare/telemetry-options.ts";

const exporter = { export: () => {}, shutdown: () => Promise.resolve() };
const exportersOf = (options: TelemetryOptions) => resolveOptions(options).settings.exporters;

test("spans go to the console, to an exporter of the user's, or to several in a row (R-P12)", () => {
  expect(exportersOf({ exporter: "console" })).toEqual({ traces: ["console"], metrics: "none", logs: "none" });
  expect(exportersOf({ exporter })).toEqual({ traces: [exporter], metrics: "none", logs: "none" });
  expect(exportersOf({ exporter, otlp: { endpoint: "http://c:1" } }).metrics).toBe("otlp");
  expect(exportersOf({ exporter: ["otlp", exporter, "console"] })).toEqual({
    traces: ["otlp", exporter, "console"],
    metrics: "otlp",
    logs: "otlp",
  });
});

test.each<[TelemetryOptions, string]>([
  [{ exporter: [] }, 'Option "exporter" is an empty list: use "none".'],
  [{ exporter: ["none", "otlp"] }, 'Option "exporter" has "none" together with others: it must stand alone.'],
  [{ exporter: ["otlp", "otlp"] }, 'Option "exporter" names an exporter twice.'],
  [
    { queue: { overflow: "spill" } },
    'Option "queue.overflow" is "spill", which needs the option "fallback" to be "file" or "ring", got \'drop\'.',
  ],
  [
    { breaker: { trials: 2, goodTrials: 3 } },
    'Option "breaker.goodTrials" must be at most "breaker.trials" (2), got 3.',
  ],
  [
    { dynamicBatch: { enabled: true, minSpans: 10, maxSpans: 5 } },
    'Option "dynamicBatch.minSpans" must be at most "dynamicBatch.maxSpans" (5), got 10.',
  ],
])("options of the pipeline that contradict each other are refused at start: %o (R-C3)", (options, message) => {
  expect(() => resolveOptions(options)).toThrow(message);
});

test("breaker and moving batches are off where they are switched off (R-P7, R-P2)", () => {
  expect(resolveOptions({ breaker: { enabled: false } }).settings).toMatchObject({
    breaker: undefined,
    dynamicBatch: undefined,
  });
  expect(resolveOptions({ dynamicBatch: { enabled: true } }).settings.dynamicBatch).toEqual({
    minSpans: 128,
    maxSpans: 4_096,
    minDelayMs: 1_000,
    maxDelayMs: 10_000,
    targetUse: 0.7,
  });
});
