import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TelemetryStatus } from "@gossamer/core";
import { afterAll, describe, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "gossamer-config-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const root = join(import.meta.dirname, "..");

interface Said {
  readonly lines: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly state: TelemetryStatus["state"];
}

/** What a service says that is started with a file, and what holds in it. */
function start(file: string, variables: Readonly<Record<string, string>> = {}, ...flags: string[]): Said {
  const program = `
    import { createTelemetry } from "@gossamer/core";
    const lines = [];
    const telemetry = createTelemetry({ log: (line) => lines.push(line), shutdown: { signals: false } });
    const { settings, state } = telemetry.status();
    const values = Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, value]));
    console.log(JSON.stringify({ lines, settings: values, state }));
    process.exit();
  `;
  const { PATH = "" } = process.env;
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, "--input-type=module", "-e", program], {
    cwd: root,
    env: { PATH, NODE_ENV: "production", OTEL_CONFIG_FILE: file, ...variables },
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout) as Said;
}

const everything = join(root, "fixtures/everything.yaml");
const withYaml = ["--import", "@gossamer/config"];
const withCode = (said: Said, code: string): string[] => said.lines.filter((line) => line.includes(code));

describe("OTEL_CONFIG_FILE in YAML", () => {
  test("that names all that the schema has is followed, and one line says what does not apply (R-C4)", () => {
    const said = start(everything, { RATIO: "0.5", API_KEY: "key" }, ...withYaml);
    expect(said.state).toBe("running");
    expect(said.settings).toMatchObject({
      serviceName: "shop",
      serviceVersion: "1.0",
      environment: "staging",
      sampleRatio: 0.5,
      "limits.valueLength": 300,
      "limits.attributes": 50,
      "batch.delayMs": 2_000,
      "queue.maxSpans": 3_000,
      "otlp.tracesEndpoint": "http://localhost:4318/v1/traces",
      temporality: "delta",
      maxSeries: 1_000,
      metricIntervalMs: 20_000,
      "logsLane.delayMs": 800,
      captureRequestHeaders: ["x-tenant"],
      redactQueryParameters: ["ticket"],
      propagators: ["tracecontext", "baggage"],
      "keep.slowerThanMs": 700,
    });
    expect(withCode(said, "GSM_CONFIG_FILE_WRONG")).toEqual([]);
    const [line = "", ...others] = withCode(said, "GSM_CONFIG_FILE_PARTS");
    expect(others).toEqual([]);
    expect(line).toContain("resource.detection/development");
    expect(line).toContain("propagator.composite[2].b3");
    expect(JSON.stringify(said)).not.toContain("api-key=");
  });

  test("without the package is one line that says what to do, and no telemetry (R-C4)", () => {
    const said = start(everything);
    expect(said.state).toBe("disabled");
    expect(withCode(said, "GSM_CONFIG_FILE_WRONG")).toEqual([
      expect.stringContaining("for YAML install @gossamer/config and start with `node --import @gossamer/config`"),
    ]);
  });

  test.each([
    ["is no YAML", "file_format: [1", "it cannot be parsed: line 1"],
    [
      "has a reference that is none",
      'file_format: "1.0"\nlog_level: ${1X}\n',
      "it has a reference that is none: ${1X}",
    ],
    [
      "has a typing mistake",
      'file_format: "1.0"\ntracer_providr: {}\n',
      'tracer_providr is unknown; did you mean "tracer_provider"?',
    ],
    [
      "has a text for a number",
      'file_format: "1.0"\nattribute_limits: { attribute_count_limit: "7" }\n',
      "must be a number of at least 0, got '7'",
    ],
  ])("that %s is one line, and no telemetry (R-C4)", (_, text, reason) => {
    const file = join(folder, "wrong.yaml");
    writeFileSync(file, text);
    const said = start(file, {}, ...withYaml);
    expect(said.state).toBe("disabled");
    expect(withCode(said, "GSM_CONFIG_FILE_WRONG")).toEqual([expect.stringContaining(reason)]);
  });
});
