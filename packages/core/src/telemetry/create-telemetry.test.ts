import { context, trace } from "@opentelemetry/api";
import { afterEach, expect, test, vi } from "vitest";
import { createTelemetry, isTelemetry, resetTelemetry } from "./create-telemetry.ts";

afterEach(async () => {
  await resetTelemetry();
  vi.unstubAllEnvs();
});

const quiet = { shutdown: { signals: false }, exporter: "none" as const };

test("a process has one engine: a second call gives the first (R-I10)", () => {
  const lines: string[] = [];
  const log = (line: string): unknown => lines.push(line);
  const options = { ...quiet, serviceName: "shop", log, limits: { attributes: 9 } };
  const first = createTelemetry(options);
  lines.length = 0;
  expect(createTelemetry()).toBe(first);
  expect(createTelemetry({ ...options, limits: { attributes: 9 } })).toBe(first);
  expect(lines).toEqual([]);
});

test("other options on a second call are one warning and change nothing (R-I10)", () => {
  const lines: string[] = [];
  const log = (line: string): unknown => lines.push(line);
  const first = createTelemetry({ ...quiet, log, sampleRatio: 0.25 });
  lines.length = 0;
  expect(createTelemetry({ ...quiet, log, sampleRatio: 0.5 })).toBe(first);
  expect(createTelemetry({ ...quiet, log, sampleRatio: 0.75 })).toBe(first);
  expect(lines).toEqual([expect.stringContaining("createTelemetry was given other options")]);
  expect(first.status().sampling.sampler).toContain("0.25");
});

test("wrong options are an error at every call, whatever the process was started with (R-C3, R-I10)", () => {
  createTelemetry({ ...quiet, diagnostics: "none" });
  createTelemetry({ ...quiet, diagnostics: "none", sampleRatio: 0.5 });
  expect(() => createTelemetry({ ...quiet, sampleRatio: 7 })).toThrow("sampleRatio");
});

test("a start after shutdown() is one line that says what to do; after a reset telemetry runs again (R-I10)", async () => {
  const lines: string[] = [];
  const options = { ...quiet, log: (line: string): unknown => lines.push(line) };
  const first = createTelemetry(options);
  await first.shutdown();
  lines.length = 0;
  expect([createTelemetry(options), createTelemetry()]).toEqual([first, first]);
  expect(lines).toEqual([expect.stringMatching(/after shutdown\(\).*resetTelemetry\(\).*GSM_ENGINE_ENDED/)]);
  await resetTelemetry();
  expect(createTelemetry({ ...quiet, diagnostics: "none" }).status().state).toBe("running");
});

test("another copy of the package finds the engine (R-I10)", async () => {
  const first = createTelemetry({ ...quiet, diagnostics: "none" });
  vi.resetModules();
  const copy = await import("./create-telemetry.ts");
  expect(copy.createTelemetry).not.toBe(createTelemetry);
  expect(copy.createTelemetry()).toBe(first);
  expect(copy.isTelemetry(first)).toBe(true);
});

test("after a reset the next call makes a new engine, and the API is its own (R-I10)", async () => {
  const first = createTelemetry({ ...quiet, diagnostics: "none", sampleRatio: 1 });
  await resetTelemetry();
  expect(first.status().state).toBe("shut-down");
  expect(trace.getTracer("x").startSpan("between").isRecording()).toBe(false);
  const second = createTelemetry({ ...quiet, diagnostics: "none", sampleRatio: 1 });
  expect(second).not.toBe(first);
  trace.getTracer("x").startSpan("after").end();
  expect([first.status().spans.started, second.status().spans.started]).toEqual([0, 1]);
  await resetTelemetry();
  await resetTelemetry();
});

test("a reset takes its listeners and timers away (R-I10)", async () => {
  const before = ["SIGTERM", "SIGINT", "beforeExit"].map((event) => process.listenerCount(event));
  for (let i = 0; i < 20; i++) {
    createTelemetry({ exporter: "none", diagnostics: "none" });
    await resetTelemetry();
  }
  expect(["SIGTERM", "SIGINT", "beforeExit"].map((event) => process.listenerCount(event))).toEqual(before);
});

test("a wrong option is an error at the start, and leaves no engine behind (R-C3)", () => {
  expect(() => createTelemetry({ sampleratio: 0.5 } as never)).toThrow('Did you mean "sampleRatio"?');
  expect(context.active().getValue(Symbol("x"))).toBeUndefined();
  expect(createTelemetry({ ...quiet, diagnostics: "none" }).status().state).toBe("running");
});

test("under NODE_ENV=test nothing is exported unless asked (R-A6)", async () => {
  vi.stubEnv("NODE_ENV", "test");
  const silent = createTelemetry({ shutdown: { signals: false }, diagnostics: "none" });
  expect([silent.status().traceExport, silent.status().metricExport]).toEqual([undefined, undefined]);
  await resetTelemetry();
  const asked = createTelemetry({ shutdown: { signals: false }, diagnostics: "none", exporter: "otlp" });
  expect(asked.status().traceExport).toBeDefined();
});

test("what is an engine is told from options (R-A1)", () => {
  expect([{}, { begin: 1 }, null, undefined, "engine", () => {}].map(isTelemetry)).toEqual(
    Array.from({ length: 6 }, () => false),
  );
});
