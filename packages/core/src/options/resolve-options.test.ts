import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { optionNames } from "./testing/option-names.ts";
import { resolveOptions, type Resolved } from "./resolve-options.ts";
import type { TelemetryOptions } from "./declare/telemetry-options.ts";

function warnings({ notices }: Resolved): string[] {
  return notices.filter(({ level }) => level === "warn").map(({ line }) => line);
}

function lastLine(options: TelemetryOptions, variables: Record<string, string> = {}): string | undefined {
  return resolveOptions(options, variables).notices.at(-1)?.line;
}

describe("precedence", () => {
  const variables = { OTEL_BSP_MAX_QUEUE_SIZE: "7000", NODE_ENV: "staging" };

  test("code wins over a variable, that over the environment, that over the default (R-C1)", () => {
    expect(resolveOptions({ queue: { maxSpans: 9_000 } }, variables).settings.queue.maxSpans).toBe(9_000);
    expect(resolveOptions({}, variables).settings.queue.maxSpans).toBe(7_000);
    expect(resolveOptions({}, { NODE_ENV: "staging" }).settings.queue.maxSpans).toBe(5_000);
    expect(resolveOptions({}, { NODE_ENV: "staging" }).settings.queue.maxBytes).toBe(16_777_216);
  });

  test("every option says who chose it (R-S3)", () => {
    const { origins } = resolveOptions({ queue: { maxBytes: 5_000_000 } }, variables);
    expect(Object.keys(origins)).toEqual(optionNames);
    expect(origins["queue.maxBytes"]).toEqual({ from: "code" });
    expect(origins["queue.maxSpans"]).toEqual({ from: "variable", variable: "OTEL_BSP_MAX_QUEUE_SIZE" });
    expect(origins["batch.delayMs"]).toEqual({ from: "environment" });
    expect(origins["batch.maxSpans"]).toEqual({ from: "default" });
  });

  test("an option that is undefined counts as left out (R-C1)", () => {
    const options = { sampleRatio: undefined, queue: undefined } as unknown as TelemetryOptions;
    expect(resolveOptions(options, { NODE_ENV: "production" }).settings.sampling).toMatchObject({
      ratio: 0.01,
      chosen: false,
    });
  });

  test("headers and resource attributes are joined name by name, code first (R-C1)", () => {
    const { settings } = resolveOptions(
      { otlp: { headers: { "X-Tenant": "code" } }, resourceAttributes: { team: "code" } },
      {
        OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=general,authorization=Bearer%20general",
        OTEL_EXPORTER_OTLP_METRICS_HEADERS: "authorization=Bearer%20metrics",
        OTEL_RESOURCE_ATTRIBUTES: "team=variable,zone=a",
      },
    );
    expect(settings.otlp.traces.headers).toEqual({ "x-tenant": "code", authorization: "Bearer general" });
    expect(settings.otlp.metrics.headers).toEqual({ "x-tenant": "code", authorization: "Bearer metrics" });
    expect(settings.resourceAttributes).toEqual({ team: "code", zone: "a" });
  });

  test("the service's name is the option, else the code's attribute, else OTEL_SERVICE_NAME, else OTEL_RESOURCE_ATTRIBUTES (R-C6)", () => {
    const both = { OTEL_SERVICE_NAME: "name", OTEL_RESOURCE_ATTRIBUTES: "service.name=attribute,service.version=2" };
    const attributes = { resourceAttributes: { "service.name": "code-attribute" } };
    expect(resolveOptions({ serviceName: "code", ...attributes }, both).settings.serviceName).toBe("code");
    expect(resolveOptions(attributes, both).settings.serviceName).toBe("code-attribute");
    expect(resolveOptions({}, both).settings.serviceName).toBe("name");
    expect(resolveOptions({}, { ...both, OTEL_SERVICE_NAME: " " }).settings.serviceName).toBe("attribute");
    expect(resolveOptions({}, both).settings.serviceVersion).toBe("2");
    expect(resolveOptions({}).settings.serviceName).toBeUndefined();
    expect(resolveOptions({}, both).origins["serviceName"]).toEqual({
      from: "variable",
      variable: "OTEL_SERVICE_NAME",
    });
  });
});

describe("environment", () => {
  test.each([
    ["production", 0.01, 15_000, 5_000, 500],
    ["Production ", 0.01, 15_000, 5_000, 500],
    ["eu-west", 0.01, 15_000, 5_000, 500],
    ["staging", 0.1, 5_000, 5_000, 1_000],
    ["Staging", 0.1, 5_000, 5_000, 1_000],
    ["development", 1, 1_000, 1_000, 2_000],
    ["test", 1, 1_000, 1_000, 2_000],
    ["", 1, 1_000, 1_000, 2_000],
  ])("%s has its ratio, queue, delay and value length (R-S3)", (name, ratio, queue, delayMs, valueLength) => {
    const { settings } = resolveOptions({}, { ENVIRONMENT: name });
    expect(settings.sampling.ratio).toBe(ratio);
    expect(settings.queue.maxSpans).toBe(queue);
    expect(settings.batch.delayMs).toBe(delayMs);
    expect(settings.limits.valueLength).toBe(valueLength);
  });

  test("its name is the option, else the resource attribute, else NODE_ENV, else ENVIRONMENT (R-S3)", () => {
    const variables: Record<string, string> = {
      OTEL_RESOURCE_ATTRIBUTES: "deployment.environment.name=b",
      NODE_ENV: "c",
      ENVIRONMENT: "d",
    };
    const name = (options: TelemetryOptions): string | undefined =>
      resolveOptions(options, variables).settings.environment;
    expect(name({ environment: "a" })).toBe("a");
    expect(name({ resourceAttributes: { "deployment.environment.name": "code" } })).toBe("code");
    expect(name({})).toBe("b");
    variables["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment=old";
    expect(name({})).toBe("old");
    delete variables["OTEL_RESOURCE_ATTRIBUTES"];
    expect(name({})).toBe("c");
    variables["NODE_ENV"] = "";
    expect(name({})).toBe("d");
    delete variables["ENVIRONMENT"];
    expect(name({})).toBeUndefined();
  });

  test("one line at start says the ratio and where it came from (R-S3)", () => {
    expect(lastLine({}, { NODE_ENV: "production" })).toBe(
      'sampling 1 % of requests (environment "production"); set sampleRatio to change it',
    );
    expect(lastLine({ environment: "qa\n2" })).toBe(
      'sampling 1 % of requests (environment "qa\\u000a2", which is unknown, so production applies); set sampleRatio to change it',
    );
    expect(lastLine({})).toBe(
      "sampling 100 % of requests, at most 100 traces per second (no environment is set, so development applies); set environment or sampleRatio to change it",
    );
    expect(lastLine({ sampleRatio: 0.125 })).toBe('sampling 12.5 % of requests (option "sampleRatio")');
    expect(lastLine({}, { OTEL_TRACES_SAMPLER: "always_off" })).toBe("sampling 0 % of requests (OTEL_TRACES_SAMPLER)");
    expect(lastLine({}, { OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.005" })).toBe(
      "sampling 0.5 % of requests (OTEL_TRACES_SAMPLER_ARG)",
    );
    expect(lastLine({ sampler: () => true })).toBe('sampling requests by a sampler of your own (option "sampler")');
    expect(lastLine({ traces: false })).toBe('tracing is off (option "traces")');
    expect(lastLine({}, { OTEL_SDK_DISABLED: "true" })).toBe("telemetry is off (OTEL_SDK_DISABLED)");
  });

  test("nothing is exported under NODE_ENV=test unless an endpoint or exporter was asked for (R-A6)", () => {
    const exporters = (options: TelemetryOptions, variables: Record<string, string> = {}): unknown =>
      resolveOptions(options, { NODE_ENV: "test", ...variables }).settings.exporters;
    expect(exporters({})).toEqual({ traces: [], metrics: "none", logs: "none" });
    expect(exporters({ exporter: "otlp" })).toEqual({ traces: ["otlp"], metrics: "otlp", logs: "otlp" });
    expect(exporters({ otlp: { endpoint: "http://c:1" } })).toEqual({
      traces: ["otlp"],
      metrics: "otlp",
      logs: "otlp",
    });
    expect(resolveOptions({ environment: "test" }).settings.exporters).toEqual({
      traces: ["otlp"],
      metrics: "otlp",
      logs: "otlp",
    });
  });
});

describe.each<[string, Record<string, string>]>([
  ["NODE_ENV=test", { NODE_ENV: "test" }],
  ["Vitest", { VITEST: "true" }],
  ["Vitest in development", { VITEST: "true", NODE_ENV: "development" }],
  ["Jest", { JEST_WORKER_ID: "1" }],
  ["JEST", { JEST: "1" }],
  ["node --test", { NODE_TEST_CONTEXT: "child-v8" }],
])("a test run told by %s", (_, run) => {
  test.each([
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    "OTEL_TRACES_EXPORTER",
    "OTEL_METRICS_EXPORTER",
    "OTEL_LOGS_EXPORTER",
  ])("exports nothing though %s is set, unless the code asks (E9)", (variable) => {
    const variables = { ...run, [variable]: variable.endsWith("EXPORTER") ? "otlp" : "http://c:1" };
    const exporters = (options: TelemetryOptions): unknown => resolveOptions(options, variables).settings.exporters;
    expect(exporters({})).toEqual({ traces: [], metrics: "none", logs: "none" });
    expect(exporters({ exporter: "otlp" })).toEqual({ traces: ["otlp"], metrics: "otlp", logs: "otlp" });
    expect(exporters({ otlp: { endpoint: "http://mine:1" } })).toEqual({
      traces: ["otlp"],
      metrics: "otlp",
      logs: "otlp",
    });
  });
});

test("a service that says it is in production exports, though a test runner started it (E9)", () => {
  const variables = { NODE_ENV: "production", VITEST: "true", OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:1" };
  expect(resolveOptions({}, variables).settings.exporters).toEqual({ traces: ["otlp"], metrics: "otlp", logs: "otlp" });
});

describe("sampling", () => {
  test("the valve of 100 traces a second holds until somebody chooses a ratio or sampler (R-S19)", () => {
    const valve = (options: TelemetryOptions, variables: Record<string, string> = {}): number | undefined =>
      resolveOptions(options, variables).settings.maxTracesPerSecond;
    expect(valve({})).toBe(100);
    expect(valve({}, { NODE_ENV: "production" })).toBe(100);
    expect(valve({ sampleRatio: 1 })).toBeUndefined();
    expect(valve({ sampler: () => true })).toBeUndefined();
    expect(valve({}, { OTEL_TRACES_SAMPLER: "always_on" })).toBeUndefined();
    expect(valve({}, { OTEL_TRACES_SAMPLER: "nonsense" })).toBe(100);
    expect(valve({ sampleRatio: 1, maxTracesPerSecond: 7 })).toBe(7);
  });

  test("a ratio in the code follows callers, a sampler of the user's sees them itself (R-S2)", () => {
    const sampler = { description: "mine", decide: () => ({ sampled: true, reason: "custom" }) };
    expect(resolveOptions({ sampleRatio: 0.5 }).settings.sampling).toEqual({
      kind: "ratio",
      ratio: 0.5,
      parentBased: true,
      sampler: undefined,
      chosen: true,
    });
    const { sampling } = resolveOptions({ sampler }, { OTEL_TRACES_SAMPLER: "always_off" }).settings;
    expect(sampling).toMatchObject({ kind: "custom", parentBased: false, chosen: true });
    expect(sampling.sampler).toBe(sampler);
  });

  test("a remote sampler's ratio until it answers comes before the ratio, and excludes a sampler (R-S17)", () => {
    const remoteSampling = { initialRatio: 0.25 };
    const { settings, origins } = resolveOptions({ remoteSampling, sampleRatio: 0.5 });
    expect(settings.sampling).toMatchObject({ kind: "ratio", ratio: 0.25, chosen: true });
    expect(origins["sampleRatio"]).toEqual({ from: "code" });
    expect(() => resolveOptions({ remoteSampling, sampler: () => true })).toThrow(
      'Options "sampler" and "remoteSampling.initialRatio" exclude each other: give one of them.',
    );
  });

  test("a ratio in the code wins over OTEL_TRACES_SAMPLER as a whole (R-S2)", () => {
    const { sampling } = resolveOptions({ sampleRatio: 0.5 }, { OTEL_TRACES_SAMPLER: "always_off" }).settings;
    expect(sampling).toMatchObject({ kind: "ratio", ratio: 0.5, parentBased: true });
  });

  test("the line at start tells how many rules come before the ratio (R-S3)", () => {
    const lineOf = (...rules: object[]): string | undefined =>
      resolveOptions({ sampleRatio: 0.1, rules }).notices.at(-1)?.line;
    expect(lineOf()).toBe('sampling 10 % of requests (option "sampleRatio")');
    expect(lineOf({ match: "/a" })).toBe('sampling 10 % of requests (option "sampleRatio"); 1 rule comes first');
    expect(lineOf({ match: "/a" }, {})).toBe('sampling 10 % of requests (option "sampleRatio"); 2 rules come first');
  });

  test("keeps given as yes and no become shares (R-S10)", () => {
    const { keep } = resolveOptions({ keep: { errors: true, aborted: false, slow: 0.25 } }).settings;
    expect(keep).toEqual({ errors: 1, aborted: 0, slow: 0.25, slowerThanMs: 1_000, trace: false, maxPerSecond: 100 });
  });
});

describe("bounds that go together", () => {
  test("a chosen queue makes the default batch fit, a chosen batch the queue, and a line says so (R-P1)", () => {
    const small = resolveOptions({ queue: { maxSpans: 100 } });
    expect(small.settings).toMatchObject({ queue: { maxSpans: 100 }, batch: { maxSpans: 100 } });
    expect(small.notices[0]).toEqual({
      level: "info",
      code: "GSM_OPTION_MOVED",
      line: "batch.maxSpans is 100 instead of 512 (default), to fit queue.maxSpans 100 (your option)",
    });
    const large = resolveOptions({ batch: { maxSpans: 4_000 } });
    expect(large.settings).toMatchObject({ queue: { maxSpans: 8_000 }, batch: { maxSpans: 4_000 } });
  });

  test("variables that do not fit are one warning, never an error (R-P1, R-C2)", () => {
    const resolved = resolveOptions({}, { OTEL_BSP_MAX_QUEUE_SIZE: "10", OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "20" });
    expect(resolved.settings).toMatchObject({ queue: { maxSpans: 10 }, batch: { maxSpans: 10 } });
    expect(warnings(resolved)).toEqual([
      "batch.maxSpans is 10 instead of 20 (OTEL_BSP_MAX_EXPORT_BATCH_SIZE), to fit queue.maxSpans 10 (OTEL_BSP_MAX_QUEUE_SIZE)",
    ]);
  });

  test("the metric timeout is never longer than the interval (R-C2)", () => {
    expect(resolveOptions({ metricIntervalMs: 1_000 }).settings.metricTimeoutMs).toBe(1_000);
  });

  test("the marker is never longer than a value may be (R-L1)", () => {
    const limits = resolveOptions({ limits: { valueLength: 2 } }).settings.limits;
    expect(limits).toMatchObject({ valueLength: 2, truncateMarker: ".." });
    const marked = resolveOptions({ limits: { truncateMarker: "[cut]" } }, { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "3" });
    expect(marked.settings.limits.truncateMarker).toBe("[cu");
    expect(warnings(marked)).toHaveLength(1);
  });
});

describe("what is given", () => {
  test("lists are copied, header names in lower case, no propagator twice, none is an empty list (R-I12)", () => {
    const mine = { inject: () => {}, extract: (context: never) => context, fields: () => [] };
    const given = ["baggage", mine, "baggage"] as const;
    const { settings } = resolveOptions({ propagators: given, captureRequestHeaders: ["X-Id"], boundaries: [1, 2] });
    expect(settings.propagators).toEqual(["baggage", mine]);
    expect(settings.propagators[1]).toBe(mine);
    expect(settings.captureRequestHeaders).toEqual(["x-id"]);
    expect(settings.boundaries).toEqual([1, 2]);
    expect(resolveOptions({ propagators: ["none"] }).settings.propagators).toEqual([]);
    expect(resolveOptions({ propagators: [] }).settings.propagators).toEqual([]);
  });

  test("what the caller changes later does not reach the settings (R-C3)", () => {
    const options = { otlp: { headers: { a: "1" } }, boundaries: [1, 2], resourceAttributes: { list: ["a"] } };
    const { settings } = resolveOptions(options);
    options.otlp.headers.a = "2";
    options.boundaries.push(0);
    options.resourceAttributes.list.push("b");
    expect(settings.otlp.traces.headers).toEqual({ a: "1" });
    expect(settings.boundaries).toEqual([1, 2]);
    expect(settings.resourceAttributes).toEqual({ list: ["a"] });
  });

  test("clock and random are the given ones, else the process's (R-C1)", () => {
    const clock = { now: () => 1, epochMs: () => 2, monotonicMs: () => 3 };
    const random = (): void => {};
    expect(resolveOptions({ clock, random }).settings).toMatchObject({ clock, random });
    expect(resolveOptions({}).settings.clock.now()).toBeGreaterThan(0);
  });

  test("a frozen object is read like any other, and never changed (R-C3)", () => {
    const ratio = fc.double({ min: 0, max: 1, noNaN: true });
    const count = fc.integer({ min: 1, max: 10_000 });
    const options = fc.record(
      {
        sampleRatio: ratio,
        serviceName: fc.string({ minLength: 1 }),
        propagators: fc.subarray(["tracecontext", "baggage"] as const),
        resourceAttributes: fc.dictionary(fc.stringMatching(/^app\.[a-z.]{1,9}$/), fc.oneof(fc.string(), fc.boolean())),
        keep: fc.record({ errors: fc.oneof(ratio, fc.boolean()), maxPerSecond: count }, { requiredKeys: [] }),
        queue: fc.record({ maxSpans: fc.integer({ min: 10_000, max: 20_000 }) }, { requiredKeys: [] }),
        batch: fc.record({ maxSpans: count, delayMs: count }, { requiredKeys: [] }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(options, (given) => {
        const before = structuredClone(given);
        const { settings } = resolveOptions(deepFreeze(given));
        expect(given).toEqual(before);
        expect(settings.batch.maxSpans).toBeLessThanOrEqual(settings.queue.maxSpans);
        if (given.sampleRatio !== undefined) expect(settings.sampling.ratio).toBe(given.sampleRatio);
      }),
    );
  });
});

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
