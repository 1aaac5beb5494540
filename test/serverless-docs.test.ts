import { readFileSync } from "node:fs";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createTelemetry, resetTelemetry } from "@gossamer/core";
import { afterEach, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const read = (page: string): string => readFileSync(join(root, "docs", page), "utf8");

afterEach(() => resetTelemetry());

it("a function without a collector waits for none: the second flush is one try (E2)", async () => {
  const engine = createTelemetry({
    sampleRatio: 1,
    otlp: { endpoint: "http://127.0.0.1:9" },
    shutdown: { signals: false },
    diagnostics: "none",
  });
  engine.span("invocation", () => "done");
  const began = performance.eventLoopUtilization();
  expect(await engine.flush(5_000)).toBe(false);
  engine.span("invocation", () => "done");
  expect(await engine.flush(5_000)).toBe(false);
  // Waiting: on a busy machine the clock counts the time of others.
  expect(performance.eventLoopUtilization(began).idle).toBeLessThan(2_000);
});

it("the deadline that docs/containers.md speaks of is the default (E2)", async () => {
  const engine = createTelemetry({ exporter: "none", diagnostics: "none", shutdown: { signals: false } });
  const value = Number(engine.status().settings["shutdown.deadlineMs"]?.value);
  expect(read("containers.md")).toContain(`\`shutdown.deadlineMs\` (${value.toLocaleString("en")})`);
});
