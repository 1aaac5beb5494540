import { expect, test } from "vitest";
import { resolveOptions, type Resolved } from "../resolve-options.ts";
import type { Settings } from "../settle/settings.ts";

function warnings({ notices }: Resolved): string[] {
  return notices.filter(({ level }) => level === "warn").map(({ line }) => line);
}

test.for<[variable: string, text: string, read: (settings: Settings) => unknown, value: unknown]>([
  ["OTEL_TRACING_ENABLED", "False", ({ traces }) => traces, false],
  ["OTEL_TRACING_SAMPLE_RATE", "0.25", ({ sampling }) => sampling.ratio, 0.25],
  ["OTEL_TRACING_BATCH_SIZE", "64", ({ batch }) => batch.maxSpans, 64],
  ["OTEL_TRACING_BATCH_TIMEOUT", "5s", ({ batch }) => batch.delayMs, 5_000],
  ["OTEL_TRACING_BATCH_TIMEOUT", "500ms", ({ batch }) => batch.delayMs, 500],
  ["OTEL_TRACING_BATCH_TIMEOUT", "250", ({ batch }) => batch.delayMs, 250],
  ["OTEL_TRACING_QUEUE_SIZE", "777", ({ queue }) => queue.maxSpans, 777],
  ["OTEL_METRICS_BATCH_TIMEOUT", "1m", ({ metricIntervalMs }) => metricIntervalMs, 60_000],
  ["OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "3", ({ limits }) => limits.eventAttributes, 3],
  ["OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "4", ({ limits }) => limits.linkAttributes, 4],
])("%s=%s is followed (R-C5)", ([variable, text, read, value]) => {
  const resolved = resolveOptions({}, { [variable]: text });
  expect(read(resolved.settings)).toBe(value);
  expect(warnings(resolved)).toEqual([]);
});

test.each([
  ["OTEL_TRACING_BATCH_SIZE", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "batch.maxSpans"],
  ["OTEL_TRACING_QUEUE_SIZE", "OTEL_BSP_MAX_QUEUE_SIZE", "queue.maxSpans"],
  ["OTEL_TRACING_BATCH_TIMEOUT", "OTEL_BSP_SCHEDULE_DELAY", "batch.delayMs"],
  ["OTEL_METRICS_BATCH_TIMEOUT", "OTEL_METRIC_EXPORT_INTERVAL", "metricIntervalMs"],
])("of %s and %s the standard one wins (R-C5)", (older, standard, option) => {
  expect(resolveOptions({}, { [older]: "600", [standard]: "700" }).origins[option]).toEqual({
    from: "variable",
    variable: standard,
  });
});

test("OTEL_TRACES_SAMPLER wins over OTEL_TRACING_SAMPLE_RATE, and either lifts the valve (R-C5)", () => {
  const both = { OTEL_TRACING_SAMPLE_RATE: "0.25", OTEL_TRACES_SAMPLER: "always_on" };
  expect(resolveOptions({}, both).settings.sampling).toMatchObject({ kind: "always_on", ratio: 1 });
  expect(resolveOptions({}, {}).settings.maxTracesPerSecond).toBe(100);
  for (const variables of [both, { OTEL_TRACING_SAMPLE_RATE: "0.25" }, { OTEL_PERFORMANCE_PROFILE: "low" }]) {
    expect(resolveOptions({}, variables).settings.maxTracesPerSecond).toBeUndefined();
  }
});

test.each([
  ["low", "constrained"],
  ["Medium", "low-latency"],
  [" high ", "high-throughput"],
])("the profile %s is the preset %s, and the code wins over it (R-C5)", (text, preset) => {
  const variables = { OTEL_PERFORMANCE_PROFILE: text };
  const { settings, origins } = resolveOptions({}, variables);
  expect(settings.preset).toBe(preset);
  expect(origins["preset"]).toEqual({ from: "variable", variable: "OTEL_PERFORMANCE_PROFILE" });
  expect(origins["sampleRatio"]).toEqual({ from: "preset", preset });
  const own = resolveOptions({ preset: "minimal" }, variables);
  expect([own.settings.preset, own.origins["batch.maxSpans"]]).toEqual([
    "minimal",
    { from: "preset", preset: "minimal" },
  ]);
});

test.each([
  ["OTEL_PERFORMANCE_PROFILE", "constructor"],
  ["OTEL_PERFORMANCE_PROFILE", "turbo"],
  ["OTEL_TRACING_ENABLED", "maybe"],
  ["OTEL_TRACING_SAMPLE_RATE", "2"],
  ["OTEL_TRACING_SAMPLE_RATE", "NaN"],
  ["OTEL_TRACING_BATCH_SIZE", "many"],
  ["OTEL_TRACING_BATCH_TIMEOUT", "5 hours"],
  ["OTEL_TRACING_QUEUE_SIZE", "-1"],
  ["OTEL_METRICS_BATCH_TIMEOUT", "0"],
  ["OTEL_SPAN_LINK_COUNT_LIMIT", "1e3"],
  ["OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "-1"],
])("a bad value, %s=%s, is one warning that names it, and the default holds (R-C2)", (variable, text) => {
  const resolved = resolveOptions({}, { [variable]: text });
  expect(warnings(resolved)).toEqual([expect.stringContaining(`${variable} must be `)]);
  expect(resolved.report).toEqual({
    ...resolveOptions({}, {}).report,
    clock: resolved.report["clock"],
  });
});

test.each([
  ["OTEL_METRICS_SAMPLE_RATE", "0.1", "metrics are exact"],
  ["OTEL_PROCESSOR_TYPE", "simple", "in batches and apart"],
  ["OTEL_EXPORTER_PROMETHEUS_PORT", "9464", "telemetry.prometheus()"],
  ["OTEL_LOGS_EXPORTER", "console", "no logs are sent"],
])("%s=%s is not followed and says once what holds instead (R-C5)", (variable, text, instead) => {
  const lines = warnings(resolveOptions({}, { [variable]: text }));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(variable);
  expect(lines[0]).toContain(instead);
});

test("OTEL_LOGS_EXPORTER=none is what is so anyway (R-C2)", () => {
  expect(warnings(resolveOptions({}, { OTEL_LOGS_EXPORTER: "none" }))).toEqual([]);
});

test("code wins over a variable, that over the preset, that over the environment, that over the default (R-C1)", () => {
  const given = { preset: "balanced", environment: "staging" } as const;
  const variables = { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "100" };
  const chosenBy = (option: string, code = {}): string | undefined =>
    resolveOptions({ ...given, ...code }, variables).origins[option]?.from;
  expect([
    chosenBy("batch.maxSpans", { batch: { maxSpans: 50 } }),
    chosenBy("batch.maxSpans"),
    chosenBy("queue.maxSpans"),
    chosenBy("limits.valueLength"),
    chosenBy("limits.events"),
  ]).toEqual(["code", "variable", "preset", "environment", "default"]);
  const { settings } = resolveOptions(given, variables);
  expect([settings.batch.maxSpans, settings.queue.maxSpans, settings.limits.valueLength]).toEqual([100, 16_384, 1_000]);
});
