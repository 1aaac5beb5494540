import { afterEach, describe, expect, test } from "vitest";
import { handClock } from "../../metrics/testing/test-metrics.ts";
import { resolveOptions } from "../../options/resolve-options.ts";
import type { TelemetryOptions } from "../../options/declare/telemetry-options.ts";
import { beforeProduction } from "./before-production.part.ts";
import { createTelemetry, resetTelemetry } from "../create-telemetry.ts";
import type { Finding, Inspected } from "./finding.ts";
import type { TelemetryStatus } from "../wiring/telemetry-status.ts";

afterEach(() => resetTelemetry());

/** What a service in production would say that did everything right. */
const good: TelemetryOptions = {
  serviceName: "shop",
  environment: "production",
  trustIncoming: false,
  otlp: { endpoint: "https://collector.example" },
};

type TraceExport = NonNullable<TelemetryStatus["traceExport"]>;

interface Situation {
  readonly traceExport?: Partial<TraceExport>;
  readonly attributeDrops?: Record<string, number>;
  readonly overflowed?: number;
  readonly upMs?: number;
  readonly serviceName?: string;
}

function findings(
  options: TelemetryOptions,
  situation: Situation = {},
  variables: Record<string, string> = {},
): Finding[] {
  const { settings, report } = resolveOptions({ ...good, ...options }, variables);
  const status = {
    spans: { started: 0, live: 0, leaked: 0, drops: {}, attributeDrops: situation.attributeDrops ?? {} },
    traceExport: {
      accepted: 0,
      writing: 0,
      dropped: 0,
      drops: {},
      exporters: [],
      collector: "reachable",
      ...situation.traceExport,
    },
    metrics: {
      instruments: [{ name: "http.server.request.duration", series: 2_000, overflowed: situation.overflowed ?? 0 }],
      maxSeries: 2_000,
      growing: { instrument: "http.server.request.duration", attribute: "http.route", values: 1_900 },
      failedReads: 0,
    },
  } as unknown as Inspected["status"];
  return beforeProduction({
    settings,
    origins: report,
    serviceName: situation.serviceName ?? "shop",
    status,
    upMs: situation.upMs ?? 0,
  });
}

function ids(...given: Parameters<typeof findings>): string[] {
  return findings(...given).map(({ id, severity }) => `${severity} ${id}`);
}

test("a service that did everything right has nothing to look at (R-C7)", () => {
  expect(findings({})).toEqual([]);
  expect(findings({ preset: "balanced" })).toEqual([]);
  expect(findings({ preset: "constrained" })).toEqual([]);
});

describe("what the settings tell", () => {
  test.for<[what: string, options: TelemetryOptions, finding: string]>([
    ["all requests are traced", { sampleRatio: 1 }, "warning sample-ratio"],
    ["many are traced, within a bound", { sampleRatio: 0.5, maxTracesPerSecond: 10 }, "info sample-ratio"],
    ["no compression", { otlp: { endpoint: "https://c.example", compression: "none" } }, "warning compression"],
    [
      "a token in clear",
      { otlp: { endpoint: "http://c.example", headers: { authorization: "x" } } },
      "warning clear-text",
    ],
    ["much memory", { maxMemoryBytes: 135_266_304 }, "warning memory"],
    ["many attributes", { limits: { attributes: 200 } }, "warning attributes"],
    ["every caller is believed", { trustIncoming: true }, "info trust-incoming"],
    ["silence", { diagnostics: "none" }, "info diagnostics"],
    ["an overflow that holds requests back", { queue: { overflow: "block" } }, "info overflow-block"],
    ["no breaker", { breaker: { enabled: false } }, "warning breaker"],
  ])("%s (R-C7)", ([, options, finding]) => {
    expect(ids(options)).toContain(finding);
  });

  test("what is right is no finding at its bound (R-C7)", () => {
    expect(ids({ sampleRatio: 0.1, limits: { attributes: 128 }, maxMemoryBytes: 134_217_728 })).toEqual([]);
  });

  test("the preset for finding faults does not belong in production (R-C7, R-L8)", () => {
    expect(ids({ preset: "debug" })[0]).toBe("error debug-attributes");
    expect(ids({ preset: "debug", environment: "staging" })).toContain("warning debug-attributes");
  });

  test("nothing was said of environment, name and collector (R-C7)", () => {
    const { settings, report } = resolveOptions({}, {});
    const status = createTelemetry({ exporter: "none", diagnostics: "none", shutdown: { signals: false } }).status();
    const found = beforeProduction({ settings, origins: report, serviceName: "unknown_service:node", status, upMs: 0 });
    expect(found.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["environment", "service-name", "endpoint", "sample-ratio"]),
    );
  });

  test("who chose a value is in the message (R-C7)", () => {
    const [ratio] = findings({}, {}, { OTEL_TRACES_SAMPLER: "always_on" });
    expect(ratio?.message).toContain("OTEL_TRACES_SAMPLER");
  });

  test("switched off there is one thing to say (R-C7)", () => {
    expect(ids({ enabled: false })).toEqual(["info disabled"]);
  });
});

describe("what the traffic so far tells", () => {
  test.for<[what: string, options: TelemetryOptions, situation: Situation, finding: string]>([
    [
      "batches too small for it",
      { batch: { maxSpans: 100 } },
      { traceExport: { accepted: 100_000 }, upMs: 50_000 },
      "warning batch",
    ],
    ["a queue too small for it", {}, { traceExport: { accepted: 1_000_000 }, upMs: 100_000 }, "warning queue"],
    ["spans were lost", {}, { traceExport: { drops: { "queue-full": 7 } } }, "error overflow"],
    ["nobody answers", {}, { traceExport: { collector: "unreachable", dropped: 3 } }, "error collector"],
    [
      "a breaker is open",
      {},
      { traceExport: { exporters: [{ name: "otlp", breaker: "open" }] as unknown as TraceExport["exporters"] } },
      "error breaker",
    ],
    ["too many series", {}, { overflowed: 5 }, "error series"],
    ["debug attributes were removed", {}, { attributeDrops: { debug: 4 } }, "info debug-attributes"],
  ])("%s (R-C7)", ([, options, situation, finding]) => {
    expect(ids(options, situation)).toContain(finding);
  });

  test("of a few seconds tells nothing yet (R-C7)", () => {
    expect(ids({ batch: { maxSpans: 100 } }, { traceExport: { accepted: 100_000 }, upMs: 5_000 })).toEqual([]);
  });

  test("that fits the batch and the queue is no finding (R-C7)", () => {
    expect(ids({}, { traceExport: { accepted: 50_000 }, upMs: 1_000_000 })).toEqual([]);
  });
});

test("the most serious come first, and each says what to do (R-C7)", () => {
  const found = findings({ preset: "debug", diagnostics: "none", trustIncoming: true }, { overflowed: 1 });
  const order = ["error", "warning", "info"];
  const ranks = found.map(({ severity }) => order.indexOf(severity));
  expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
  expect(new Set(ranks).size).toBe(3);
  for (const { message, fix } of found) {
    expect(message).toMatch(/^[A-Z0-9].*\.$/);
    expect(fix).toMatch(/^[A-Z0-9].*\.$/);
  }
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
});

test("telemetry.check() looks at the running engine (R-C7)", () => {
  const clock = handClock();
  const telemetry = createTelemetry({
    clock,
    sampleRatio: 1,
    environment: "production",
    exporter: "none",
    diagnostics: "none",
    shutdown: { signals: false },
  });
  expect(telemetry.check().map(({ id }) => id)).toEqual(expect.arrayContaining(["sample-ratio", "diagnostics"]));
  expect(telemetry.status().settings["sampleRatio"]).toEqual({ value: 1, from: "code" });
});

describe("a collector that refuses (D5)", () => {
  const refusing = (refusal: string, options: TelemetryOptions = {}): Finding | undefined =>
    findings(options, {
      traceExport: { collector: "refusing", exporters: [{ name: "otlp", breaker: "closed", refusal }] as never },
    }).find(({ id }) => id === "refused");

  test("is told with its reason, its whole address and what to do (D5)", () => {
    expect(refusing("status 401: no such key")).toEqual({
      id: "refused",
      severity: "error",
      message:
        "The collector at https://collector.example/v1/traces refuses what it is sent (status 401: no such key).",
      fix: 'Look at the token or key in "otlp.headers" or OTEL_EXPORTER_OTLP_HEADERS.',
    });
  });

  test("because the path is written twice is told so (D5)", () => {
    const twice = refusing("status 404", { otlp: { endpoint: "https://collector.example/v1/traces" } });
    expect(twice?.message).toContain("https://collector.example/v1/traces/v1/traces");
    expect(twice?.fix).toMatch(/^The path is written twice/);
  });

  test("and one that was not tried yet, or takes what it is sent, is no finding (D5)", () => {
    expect(findings({}, { traceExport: { collector: "untried" } })).toEqual([]);
    expect(findings({})).toEqual([]);
  });
});
