import { execFileSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import { createTelemetry, resetTelemetry } from "../create-telemetry.ts";
import type { Telemetry } from "../telemetry.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gossamer-sampling-"));
});
afterEach(async () => {
  await resetTelemetry();
  rmSync(directory, { recursive: true, force: true });
});

test("a sampling file that is a pipe is not opened, later and from the start: one line, and nothing waits for a writer (R-S15, R-I1)", async () => {
  const lines: string[] = [];
  const path = join(directory, "sampling.json");
  const start = (): Telemetry =>
    createTelemetry({
      exporter: "none",
      shutdown: { signals: false },
      log: (line: string) => lines.push(line),
      samplingFile: { path, pollMs: 100 },
    } as TelemetryOptions<never>);
  const warnings = (): string[] => lines.filter((line) => line.includes("GSM_SAMPLING_FILE_WRONG"));
  writeFileSync(path, '{"sampleRatio":0.5}');
  const telemetry = start();
  execFileSync("mkfifo", [join(directory, "pipe")]);
  renameSync(join(directory, "pipe"), path);
  await vi.waitFor(() => expect(warnings()).toHaveLength(1), 20_000);
  expect(warnings()[0]).toContain("cannot be read (no regular file); the previous settings stay in effect");
  expect(telemetry.sampling.current().sampleRatio).toBe(0.5);
  await resetTelemetry();
  start();
  expect(warnings()).toHaveLength(2);
});
