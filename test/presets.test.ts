import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { profiles } from "../packages/core/src/options/variables/alias-variables.ts";
import { defaultNumbers as numbers, trafficTable } from "../packages/core/src/options/declare/default-numbers.ts";
import { environmentTable } from "../packages/core/src/options/declare/environment.ts";
import { optionTable } from "../packages/core/src/options/declare/option-table.ts";
import {
  type PresetName,
  presetNames,
  type PresetRow,
  presetTable,
} from "../packages/core/src/options/declare/preset-table.ts";
import { resolveOptions } from "../packages/core/src/options/resolve-options.ts";

const root = join(import.meta.dirname, "..");
const page = readFileSync(join(root, "docs", "presets.md"), "utf8");

/** The cells of the first table behind a heading. */
function tableOf(text: string, heading: string): string[][] {
  const from = text.indexOf(`\n${heading}\n`);
  expect(from, `There is no heading "${heading}".`).toBeGreaterThan(-1);
  const lines = text.slice(from + heading.length + 2).split("\n");
  const begin = lines.findIndex((line) => line.startsWith("|"));
  const end = lines.findIndex((line, i) => i > begin && !line.startsWith("|"));
  return lines
    .slice(begin, end)
    .filter((line) => !line.startsWith("|---"))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

function sourceOf(file: string): string {
  return readFileSync(join(root, "packages", file), "utf8");
}

/** A default of a part that stands alone, where its source gives it. */
function inSource(file: string, name: string): number {
  const found = new RegExp(`\\b${name}\\b(?: =|:) ([\\d_.]+)`).exec(sourceOf(file))?.[1];
  return Number(found?.replaceAll("_", ""));
}

/** A value as the page shows it. */
function shown(value: unknown): string {
  if (value === undefined) return "–";
  if (typeof value === "number") return value.toLocaleString("en-US", { maximumFractionDigits: 20 });
  if (value === true) return "yes";
  return value === false ? "no" : String(value);
}

/** As the row of the page has it: memory in MiB. */
function inRow(row: PresetRow, field: keyof PresetRow): unknown {
  return field === "maxMemoryBytes" ? row.maxMemoryBytes / 1_048_576 : row[field];
}

const presetFields: readonly (readonly [row: string, field: keyof PresetRow])[] = [
  ["`sampleRatio`, parent-based", "sampleRatio"],
  ["`queue.maxSpans`", "queueSpans"],
  ["`batch.maxSpans`", "batchSpans"],
  ["`batch.delayMs`", "delayMs"],
  ["`otlp.retry.totalMs`", "exportTimeoutMs"],
  ["`metricIntervalMs`", "metricIntervalMs"],
  ["`limits.attributes`", "attributes"],
  ["`attributeSet`", "attributeSet"],
  ["`exporter`", "exporter"],
  ["`otlp.compression`: gzip", "gzip"],
  ["`outgoingCalls`", "outgoingCalls"],
  ["`internalSpans`", "internalSpans"],
  ["`processMetrics`", "processMetrics"],
  ["`processMetrics.loopDelayResolutionMs`; 0 is never", "loopDelayResolutionMs"],
  ["`maxMemoryBytes`, in MiB", "maxMemoryBytes"],
  ["`overhead.target`, a share of the CPU", "overheadTarget"],
  ["`maxSpansPerSecond`", "maxSpansPerSecond"],
];

/** In words, which the code does not need. */
const purposes: Readonly<Record<PresetName, string>> = {
  minimal: "< 0.5 % overhead",
  balanced: "~1 % overhead",
  debug: "debugging, 2–5 % overhead",
  "high-throughput": "> 1,000 requests/s",
  "low-latency": "low delay",
  constrained: "small containers",
};

const expectedPresets = [
  ["option", ...presetNames],
  ["purpose", ...presetNames.map((name) => purposes[name])],
  ...presetFields.map(([row, field]) => [row, ...presetNames.map((name) => shown(inRow(presetTable[name], field)))]),
];

const limits = optionTable.limits.options;
const keep = optionTable.keep.options;
const otlp = optionTable.otlp.options;
const breaker = optionTable.breaker.options;
const dynamicBatch = optionTable.dynamicBatch.options;
const adaptive = "core/src/sampling/samplers/adaptive.ts";
const priority = "core/src/sampling/samplers/priority.ts";
const tiered = "core/src/sampling/samplers/tiered.ts";
const sizeQueue = "core/src/pipeline/queue/size-queue.ts";
const [slow, usual, fast] = trafficTable;
const lengths = [...new Set(Object.values(environmentTable).map(({ valueLength }) => shown(valueLength)))];

const expectedDefaults: readonly (readonly [part: string, setting: string, value: unknown])[] = [
  ["limits", "value length", `${lengths.slice(0, 2).join(", ")} or ${lengths[2]}, by environment`],
  ["`createAttributeLimiter()`", "value length", limits.valueLength.default],
  ["limits", "truncation marker, included in the length", `\`${limits.truncateMarker.default}\``],
  ["limits", "array items", limits.arrayItems.default],
  ["limits", "attributes per span", limits.attributes.default],
  ["limits", "events per span", limits.events.default],
  ["limits", "links per span", limits.links.default],
  ["limits", "spans per request", optionTable.maxSpansPerRequest.default],
  ["limits", "maximum age of a span, ms", optionTable.maxSpanAgeMs.default],
  ["`adaptive()`", "lowest ratio", inSource(adaptive, "minRatio")],
  ["`adaptive()`", "highest ratio", inSource(adaptive, "maxRatio")],
  ["`adaptive()`", "target, traces per second", inSource(adaptive, "targetPerSecond")],
  ["`adaptive()`", "adjusted every, ms", inSource(adaptive, "adjustEveryMs")],
  ["`priority()`", "critical", inSource(priority, "critical")],
  ["`priority()`", "high", inSource(priority, "high")],
  ["`priority()`", "normal", inSource(priority, "normal")],
  ["`priority()`", "low", inSource(priority, "low")],
  ["`priority()`", "default", inSource(priority, "otherwise")],
  ["`tiered()`", "root", inSource(tiered, "root")],
  ["`tiered()`", "child", inSource(tiered, "child")],
  ["`tiered()`", "deep", inSource(tiered, "deep")],
  ["`tiered()`", "depth from which a span is deep", inSource(tiered, "minDepth")],
  ["keep", "share of errors", keep.errors.default],
  ["keep", "share of slow requests", keep.slow.default],
  ["keep", "a request is slow from, ms", keep.slowerThanMs.default],
  ["keep", "kept requests per second, at most", keep.maxPerSecond.default],
  [
    "rate limits",
    "new traces per second, unless a ratio, sampler or preset is set",
    optionTable.maxTracesPerSecond.default,
  ],
  ["rate limits", "spans per second", optionTable.maxSpansPerSecond.default],
  ["rollout", "ratio", inSource("core/src/sampling/samplers/rollout.ts", "ratio")],
  ["queue", "overflow", optionTable.queue.options.overflow.default],
  ["queue", "warning when filled to", optionTable.queue.options.warningRatio.default],
  ["dynamic batching", "smallest batch", dynamicBatch.minSpans.default],
  ["dynamic batching", "largest batch", dynamicBatch.maxSpans.default],
  ["dynamic batching", "shortest delay, ms", dynamicBatch.minDelayMs.default],
  ["dynamic batching", "longest delay, ms", dynamicBatch.maxDelayMs.default],
  ["dynamic batching", "target fill of a batch when its delay is over", dynamicBatch.targetUse.default],
  [
    "recommended batch",
    `up to ${shown(slow?.upTo)} spans per second`,
    `${shown(slow?.batchSpans)} spans, ${shown(slow?.delayMs)} ms`,
  ],
  [
    "recommended batch",
    `up to ${shown(usual?.upTo)} spans per second`,
    `${shown(usual?.batchSpans)} spans, ${shown(usual?.delayMs)} ms`,
  ],
  [
    "recommended batch",
    `above ${shown(usual?.upTo)} spans per second`,
    `${shown(fast?.batchSpans)} spans, ${shown(fast?.delayMs)} ms, queue ${shown(fast?.queueSpans)}`,
  ],
  ["`sizeQueue()`", "factor on spans per second × delay", inSource(sizeQueue, "safety")],
  ["`sizeQueue()`", "at least", inSource(sizeQueue, "smallest")],
  ["`sizeQueue()`", "at most", inSource(sizeQueue, "largest")],
  ["lanes", "errors, spans", optionTable.errorsLane.options.maxSpans.default],
  ["lanes", "errors, delay, ms", optionTable.errorsLane.options.delayMs.default],
  ["lanes", "jobs, spans", optionTable.jobsLane.options.maxSpans.default],
  ["lanes", "jobs, delay, ms", optionTable.jobsLane.options.delayMs.default],
  ["sender", "connections", otlp.connections.default],
  [
    "sender",
    "idle connection closed after, ms (no option)",
    inSource("core/src/pipeline/transport/http-client.ts", "idleSocketMs"),
  ],
  ["sender", "concurrent exports", otlp.maxConcurrentExports.default],
  ["sender", "connect timeout, ms", otlp.connectTimeoutMs.default],
  ["sender", "gzip level", otlp.gzipLevel.default],
  ["sender", "attempts per batch", otlp.retry.options.attempts.default],
  ["sender", "first wait, ms", otlp.retry.options.initialMs.default],
  ["sender", "longest wait, ms", otlp.retry.options.maxMs.default],
  ["sender", "all attempts for a batch, ms", otlp.retry.options.totalMs.default],
  ["breaker", "consecutive failures that open it", breaker.failures.default],
  ["breaker", "share of failures that opens it", breaker.failureRatio.default],
  ["breaker", "… of at least this many attempts", breaker.minCalls.default],
  ["breaker", "… within a window of, ms", breaker.windowMs.default],
  ["breaker", "open, ms", breaker.openMs.default],
  ["breaker", "trials, one at a time", breaker.trials.default],
  ["breaker", "successful trials that close it", breaker.goodTrials.default],
  ["fallback", "when the breaker is open", optionTable.fallback.default],
  ["logs", "level in production", environmentTable.production.logLevel],
  ["logs", "level elsewhere", environmentTable.development.logLevel],
  ["logs", "level with `DEBUG=true`", resolveOptions({}, { DEBUG: "true", NODE_ENV: "production" }).settings.logLevel],
  [
    "logs",
    "level of libraries (`libraryLevel` of `createLogger`)",
    /libraryLevel \?\? \(isLevel\("(\w+)"/.exec(sourceOf("pino/src/create-logger.ts"))?.[1],
  ],
  ["logs", "request line", String(optionTable.requestLine.default)],
  ["`overhead.memory`", "warning, MiB; at most 0.8 of `maxMemoryBytes`", numbers.memoryMonitor.warningMb],
  ["`overhead.memory`", "critical, MiB; at most 0.95 of `maxMemoryBytes`", numbers.memoryMonitor.criticalMb],
  ["`overhead.memory`", "checked at most every, ms", numbers.memoryMonitor.everyMs],
  ["overhead", "target share of CPU", numbers.overhead.targetRatio],
  ["overhead", "wait before telemetry is increased again (`actEveryMs`), ms", numbers.overhead.everyMs],
  ["overhead", "factor of each cut of the ratio", numbers.overhead.factor],
  ["overhead", "lowest ratio", numbers.overhead.minRatio],
  ["overhead", "share above which one check is enough (`red`)", resolveOptions({}, {}).settings.overhead?.red],
  ["overhead", "one request measured in", optionTable.overhead.options.sampleEvery.default],
  ["overhead", "last step (`floor`)", optionTable.overhead.options.floor.default],
  ["`overhead.load`", "CPU, %", numbers.throttler.cpu],
  ["`overhead.load`", "memory, %", numbers.throttler.memory],
  ["`overhead.load`", "factor of each cut of the ratio", numbers.throttler.factor],
  ["`overhead.load`", "checked every (`lookEveryMs`), ms", numbers.throttler.everyMs],
  ["`overhead.load.caps`", "first cap above CPU, %", numbers.throttler.loadedAt],
  ["`overhead.load.caps`", "ratio at most", numbers.throttler.loadedRatio],
  ["`overhead.load.caps`", "second cap above CPU, %", numbers.throttler.overloadedAt],
  ["`overhead.load.caps`", "ratio then at most", numbers.throttler.overloadedRatio],
  ["`overhead.optimize`", "checks every, ms", numbers.optimizer.lookMs],
  ["`overhead.optimize`", "changes at most every, ms", numbers.optimizer.actMs],
  ["`overhead.optimize`", "latency target, ms", numbers.optimizer.latencyMs],
  ["`overhead.optimize`", "factor on batch size and delay", numbers.optimizer.batchFactor],
  ["`overhead.optimize`", "factor on the ratio", numbers.optimizer.ratioFactor],
  ["`measureOverhead()`", "requests per slice", numbers.measure.measured],
  ["`measureOverhead()`", "requests compared", numbers.measure.compared],
  ["`measureOverhead()`", "requests to warm up", numbers.measure.warmUp],
];

describe("docs/presets.md", () => {
  it("has the presets of the code, number by number (R-C1)", () => {
    expect(tableOf(page, "## Presets")).toEqual(expectedPresets);
  });

  it("has the environments of the code (R-C1)", () => {
    const rows = Object.entries(environmentTable).map(([name, row]) => [
      name,
      ...[row.sampleRatio, row.queueSpans, row.delayMs, row.valueLength].map(shown),
    ]);
    expect(tableOf(page, "## Environments").slice(1)).toEqual(rows);
  });

  it("has the defaults of the code, each once (R-C1)", () => {
    const rows = expectedDefaults.map(([part, setting, value]) => [part, setting, shown(value)]);
    expect(tableOf(page, "## Defaults").slice(1)).toEqual(rows);
  });

  it("names every profile and every alias as the code follows it (R-C5)", () => {
    for (const [profile, preset] of Object.entries(profiles)) expect(page).toContain(`\`${profile}\` is \`${preset}\``);
    const values: Record<string, string> = {
      OTEL_TRACING_ENABLED: "false",
      OTEL_TRACING_SAMPLE_RATE: "0.3",
      OTEL_TRACING_BATCH_SIZE: "17",
      OTEL_TRACING_BATCH_TIMEOUT: "7s",
      OTEL_TRACING_QUEUE_SIZE: "333",
      OTEL_METRICS_BATCH_TIMEOUT: "40s",
      OTEL_MAX_MEMORY_MB: "48",
    };
    const rows = tableOf(page, "## Older variable names").slice(1);
    expect(rows.length).toBeGreaterThan(Object.keys(values).length);
    for (const [cell = "", meaning = ""] of rows) {
      const variable = cell.replaceAll("`", "");
      const option = /^`([^`]*)`/.exec(meaning)?.[1];
      const { origins, notices } = resolveOptions({}, { [variable]: values[variable] ?? "1" });
      if (option !== undefined) expect(origins[option], variable).toEqual({ from: "variable", variable });
      else {
        expect(meaning, variable).toMatch(/^nothing/);
        expect(notices.filter(({ line }) => line.includes(variable))).toHaveLength(1);
      }
    }
  });
});

describe("a preset", () => {
  it.each(presetNames)("%s sets what its row says, in every environment (R-C1)", (preset) => {
    const row = presetTable[preset];
    for (const environment of ["production", "staging", "development", "elsewhere"]) {
      const { settings } = resolveOptions({ preset, environment });
      expect({
        sampleRatio: settings.sampling.ratio,
        parentBased: settings.sampling.parentBased,
        valve: settings.maxTracesPerSecond,
        queueSpans: settings.queue.maxSpans,
        batchSpans: settings.batch.maxSpans,
        delayMs: settings.batch.delayMs,
        exportTimeoutMs: settings.otlp.retry.totalMs,
        metricIntervalMs: settings.metricIntervalMs,
        attributes: settings.limits.attributes,
        attributeSet: settings.attributeSet,
        exporter: settings.exporters.traces,
        internalSpans: settings.internalSpans,
        outgoingCalls: settings.outgoingCalls,
        gzip: settings.otlp.traces.compression === "gzip",
        maxMemoryBytes: settings.maxMemoryBytes,
        maxSpansPerSecond: settings.maxSpansPerSecond,
      }).toEqual({
        sampleRatio: row.sampleRatio,
        parentBased: true,
        valve: undefined,
        queueSpans: row.queueSpans,
        batchSpans: row.batchSpans,
        delayMs: row.delayMs,
        exportTimeoutMs: row.exportTimeoutMs,
        metricIntervalMs: row.metricIntervalMs,
        attributes: row.attributes,
        attributeSet: row.attributeSet,
        exporter: [row.exporter],
        internalSpans: row.internalSpans,
        outgoingCalls: row.outgoingCalls,
        gzip: row.gzip,
        maxMemoryBytes: row.maxMemoryBytes,
        maxSpansPerSecond: row.maxSpansPerSecond,
      });
    }
  });

  it.each(presetNames)("%s has room for a second batch in its queue (R-P1)", (preset) => {
    const { batchSpans, queueSpans } = presetTable[preset];
    expect(queueSpans).toBeGreaterThanOrEqual(2 * batchSpans);
  });

  it("says nothing at start but the ratio and who chose it (R-S3)", () => {
    for (const preset of presetNames) {
      const { notices } = resolveOptions({ preset, environment: "production" });
      expect(notices.map(({ line }) => line)).toEqual([expect.stringContaining(`(preset "${preset}")`)]);
    }
  });
});
