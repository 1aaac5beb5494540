import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import { createTelemetry, resetTelemetry } from "../create-telemetry.ts";
import type { Telemetry } from "../telemetry.ts";

let directory = "";
const lines: string[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gossamer-sampling-"));
  lines.length = 0;
});

afterEach(async () => {
  await resetTelemetry();
  rmSync(directory, { recursive: true, force: true });
});

function at(name: string): string {
  return join(directory, name);
}

function write(value: unknown, name = "sampling.json"): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  // In one step, so that half of it is never read.
  writeFileSync(at("next"), text);
  renameSync(at("next"), at(name));
  return at(name);
}

function engine(path: string, options: TelemetryOptions = {}): Telemetry {
  return createTelemetry({
    exporter: "none",
    environment: "production",
    shutdown: { signals: false },
    log: (line: string) => lines.push(line),
    samplingFile: { path, pollMs: 100 },
    ...options,
  } as TelemetryOptions<never>);
}

const warnings = (): string[] => lines.filter((line) => line.includes("samplingFile"));

describe("a watched file", () => {
  test("is in force from the start, and again when it changes (R-S15)", async () => {
    const path = write({ sampleRatio: 0.5, rules: [{ match: "/a", ratio: 1, keep: { slowerThanMs: 2_000 } }] });
    const telemetry = engine(path, { sampleRatio: 0.1 });
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: 0.5, changedBy: "file", revision: 1 });
    write({ rules: [{ match: "/b", ratio: 0 }] });
    await vi.waitFor(() => expect(telemetry.sampling.current().revision).toBe(2), 20_000);
    // What it does not name any more is again what the code says.
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: 0.1, rules: [{ match: "/b", ratio: 0 }] });
    expect(lines.at(-1)).toBe(`gossamer: sampling changed by ${path} [GSM_SAMPLING_FILE]`);
  });

  test("may be YAML, read by a library (R-S15)", () => {
    const path = write(
      "sampleRatio: 0.25\nrules:\n  - match: GET /users/:id\n    keep: { slowerThanMs: 500 }\n",
      "a.yaml",
    );
    const { rules, sampleRatio } = engine(path, { samplingFile: { path, parse } }).sampling.current();
    expect(sampleRatio).toBe(0.25);
    expect(rules).toMatchObject([{ match: "GET /users/:id", keep: { slowerThanMs: 500 } }]);
  });

  test.each<[string, unknown, string]>([
    ["no JSON", "{", "cannot be used: "],
    ["a wrong value", { sampleRatio: 2 }, 'cannot be used: Option "sampleRatio" must be a number from 0 to 1, got 2.'],
    ["a rule out of reach", { rules: [{}, {}] }, 'cannot be used: Option "rules[1]" (rule "*") cannot be reached'],
    ["an option that cannot change", { queue: {} }, 'cannot be used: Option "queue" cannot be changed'],
    ["a prototype", '{"__proto__":{"sampleRatio":1}}', "cannot be used: "],
    ["a number", "7", "cannot be used: the file must hold an object, got 7"],
    ["a list", [{ sampleRatio: 1 }], "cannot be used: the file must hold an object, got an array"],
    ["a text", '"sampleRatio"', "cannot be used: the file must hold an object, got 'sampleRatio'"],
  ])("with %s leaves what was in force, with one line and a count (R-S15)", async (_, wrong, message) => {
    const path = write({ sampleRatio: 0.5 });
    const telemetry = engine(path);
    write(wrong);
    await vi.waitFor(() => expect(warnings()).toHaveLength(1), 20_000);
    expect(warnings()[0]).toContain(message);
    expect(warnings()[0]).toMatch(/; the previous settings stay in effect \[GSM_SAMPLING_FILE_WRONG\]$/);
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: 0.5, revision: 1 });
    expect(telemetry.status().faults).toMatchObject({ "sampling-file": 1 });
    write({ sampleRatio: 0.75 });
    await vi.waitFor(() => expect(telemetry.sampling.current().sampleRatio).toBe(0.75), 20_000);
  });

  test("that is not there is one line, and is followed once it is; taken away, what it said stays (R-S15)", async () => {
    const telemetry = engine(at("sampling.json"), { sampleRatio: 0.1 });
    expect(warnings()).toEqual([
      `gossamer: samplingFile ${at("sampling.json")} cannot be read (ENOENT); the previous settings stay in effect [GSM_SAMPLING_FILE_WRONG]`,
    ]);
    write({ sampleRatio: 0.5 });
    await vi.waitFor(() => expect(telemetry.sampling.current().sampleRatio).toBe(0.5), 20_000);
    rmSync(at("sampling.json"));
    await vi.waitFor(() => expect(warnings()).toHaveLength(2), 20_000);
    expect(telemetry.sampling.current().sampleRatio).toBe(0.5);
  });

  test("that is bigger than a megabyte is not read (R-S15)", () => {
    engine(write({ rules: [{ match: "/a", name: "x".repeat(1_048_576) }] }));
    expect(warnings()[0]).toContain("cannot be read (more than 1048576 bytes)");
  });

  test("may begin with a byte order mark (R-S15)", () => {
    expect(engine(write('\uFEFF{"sampleRatio":0.5}')).sampling.current().sampleRatio).toBe(0.5);
  });

  test("behind a link that is turned elsewhere is followed, as a Kubernetes ConfigMap is (R-S15)", async () => {
    symlinkSync(write({ sampleRatio: 0.5 }, "one.json"), at("link"));
    const telemetry = engine(at("link"));
    symlinkSync(write({ sampleRatio: 0.75 }, "two.json"), at("link2"));
    renameSync(at("link2"), at("link"));
    await vi.waitFor(() => expect(telemetry.sampling.current().sampleRatio).toBe(0.75), 20_000);
  });

  test("and code: the last change holds, and what the file lets go of is what code said last (R-S15)", async () => {
    const telemetry = engine(write({ sampleRatio: 0.5 }), { sampleRatio: 0.1 });
    telemetry.sampling.update({ sampleRatio: 0.2 });
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: 0.2, changedBy: "code" });
    write({ sampleRatio: 0.7 });
    await vi.waitFor(() => expect(telemetry.sampling.current().sampleRatio).toBe(0.7), 20_000);
    write({});
    await vi.waitFor(() => expect(telemetry.sampling.current().sampleRatio).toBe(0.2), 20_000);
  });

  test("that lets go of the ratio leaves the one that code chose, in place of the sampler from the start too (R-S15)", async () => {
    const telemetry = engine(write({ sampleRatio: 0.5 }), { sampler: () => true });
    telemetry.sampling.update({ sampleRatio: 0.2 });
    write({});
    await vi.waitFor(() => expect(telemetry.sampling.current().revision).toBe(3), 20_000);
    expect(telemetry.sampling.current()).toMatchObject({ sampleRatio: 0.2, sampler: "ParentBased{root=Ratio{0.2}}" });
  });

  test("is not looked at any more once the engine is reset (R-S15)", async () => {
    const telemetry = engine(write({ sampleRatio: 0.5 }));
    await resetTelemetry();
    write({ sampleRatio: 0.75 });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(telemetry.sampling.current().sampleRatio).toBe(0.5);
  });
});

describe("a strategy file", () => {
  const strategies = {
    default_strategy: { type: "probabilistic", param: 0.5 },
    service_strategies: [
      {
        service: "shop",
        type: "ratelimiting",
        param: 5,
        operation_strategies: [
          { operation: "GET /users/:id", type: "probabilistic", param: 1 },
          { operation: "charge", type: "probabilistic", param: 1 },
        ],
      },
    ],
  };

  test("of Jaeger says what is sampled of this service, behind its own rules (R-S17)", () => {
    const rules = [{ match: "GET /own", ratio: 1 }];
    const telemetry = engine(write(strategies), { serviceName: "shop", rules });
    expect(telemetry.sampling.current()).toMatchObject({
      sampler: "ParentBased{root=RateLimit{5/s}}",
      rules,
      centralRules: [{ name: "remote GET /users/:id", match: "GET /users/:id", ratio: 1 }],
      changedBy: "file",
    });
    expect(lines.filter((line) => line.includes("GSM_OPERATIONS_LEFT_OUT"))).toEqual([
      "gossamer: of what is sampled by operation, 'charge' is left out: none of a method and a route template, such as GET /users/:id [GSM_OPERATIONS_LEFT_OUT]",
    ]);
  });

  test("of more operations than are taken says how many are too many, beside what is none (R-S17)", () => {
    const names = ["charge", ...Array.from({ length: 2_003 }, (_, i) => `GET /o${i}`)];
    const operation_strategies = names.map((operation) => ({ operation, type: "probabilistic", param: 1 }));
    engine(write({ default_strategy: { operation_strategies } }));
    expect(lines.filter((line) => line.includes("GSM_OPERATIONS_LEFT_OUT"))).toEqual([
      "gossamer: of what is sampled by operation, 'charge' is left out: none of a method and a route template, such as GET /users/:id; 'GET /o2000' and 2 more are left out: no more than 2000 are taken [GSM_OPERATIONS_LEFT_OUT]",
    ]);
  });

  test("says what is sampled of a service that it does not name, by its default (R-S17)", () => {
    expect(engine(write(strategies), { serviceName: "mail" }).sampling.current().sampleRatio).toBe(0.5);
  });

  test("with a typing mistake changes nothing, and one of another form takes its place whole (R-S17)", async () => {
    const telemetry = engine(write(strategies), { serviceName: "shop", sampleRatio: 0.1 });
    write({ ...strategies, default_strategy: { type: "probabilistic", parm: 1 } });
    await vi.waitFor(() => expect(warnings()).toHaveLength(1), 20_000);
    expect(warnings()[0]).toContain('cannot be used: default_strategy.parm is unknown; did you mean "param"?');
    expect(telemetry.sampling.current()).toMatchObject({ revision: 1, centralRules: [{ ratio: 1 }] });
    write({ rules: [{ match: "/b", ratio: 0 }] });
    await vi.waitFor(() => expect(telemetry.sampling.current().revision).toBe(2), 20_000);
    expect(telemetry.sampling.current()).toMatchObject({
      sampleRatio: 0.1,
      rules: [{ match: "/b" }],
      centralRules: [],
    });
    write(strategies);
    await vi.waitFor(() => expect(telemetry.sampling.current().revision).toBe(3), 20_000);
    expect(telemetry.sampling.current()).toMatchObject({ rules: [], centralRules: [{ ratio: 1 }] });
  });
});
