import type { AttributeSet } from "../../model/choices.ts";

/** The ready-made settings, by what they are for. */
export const presetNames = ["minimal", "balanced", "debug", "high-throughput", "low-latency", "constrained"] as const;

export type PresetName = (typeof presetNames)[number];

/** What a preset sets where neither code nor a variable does. `docs/presets.md` is the same table for readers; a test compares them. */
export interface PresetRow {
  readonly sampleRatio: number;
  readonly queueSpans: number;
  readonly batchSpans: number;
  readonly delayMs: number;
  readonly exportTimeoutMs: number;
  readonly metricIntervalMs: number;
  readonly attributes: number;
  readonly attributeSet: AttributeSet;
  readonly exporter: "otlp" | "console";
  readonly gzip: boolean;
  readonly outgoingCalls: boolean;
  readonly internalSpans: boolean;
  readonly processMetrics: boolean;
  /** Of process metrics, in ms; 0 is no delay of the event loop. */
  readonly loopDelayResolutionMs: number;
  readonly maxMemoryBytes: number;
  /** Telemetry's share of the CPU from which on there is less of it. */
  readonly overheadTarget: number;
  /** Undefined: no bound. */
  readonly maxSpansPerSecond: number | undefined;
}

export const presetTable: Readonly<Record<PresetName, PresetRow>> = {
  minimal: {
    sampleRatio: 0.01,
    queueSpans: 16_384,
    batchSpans: 8_192,
    delayMs: 30_000,
    exportTimeoutMs: 30_000,
    metricIntervalMs: 60_000,
    attributes: 32,
    attributeSet: "minimal",
    exporter: "otlp",
    gzip: true,
    outgoingCalls: false,
    internalSpans: false,
    processMetrics: false,
    loopDelayResolutionMs: 0,
    maxMemoryBytes: 67_108_864,
    overheadTarget: 0.005,
    maxSpansPerSecond: undefined,
  },
  balanced: {
    sampleRatio: 0.1,
    queueSpans: 16_384,
    batchSpans: 2_048,
    delayMs: 5_000,
    exportTimeoutMs: 30_000,
    metricIntervalMs: 10_000,
    attributes: 64,
    attributeSet: "standard",
    exporter: "otlp",
    gzip: true,
    outgoingCalls: true,
    internalSpans: false,
    processMetrics: true,
    loopDelayResolutionMs: 0,
    maxMemoryBytes: 67_108_864,
    overheadTarget: 0.01,
    maxSpansPerSecond: undefined,
  },
  debug: {
    sampleRatio: 1,
    queueSpans: 4_096,
    batchSpans: 128,
    delayMs: 1_000,
    exportTimeoutMs: 30_000,
    metricIntervalMs: 5_000,
    attributes: 256,
    attributeSet: "full",
    exporter: "console",
    gzip: false,
    outgoingCalls: true,
    internalSpans: true,
    processMetrics: true,
    loopDelayResolutionMs: 50,
    maxMemoryBytes: 268_435_456,
    overheadTarget: 0.05,
    maxSpansPerSecond: undefined,
  },
  "high-throughput": {
    sampleRatio: 0.01,
    queueSpans: 16_384,
    batchSpans: 4_096,
    delayMs: 2_000,
    exportTimeoutMs: 10_000,
    metricIntervalMs: 60_000,
    attributes: 64,
    attributeSet: "minimal",
    exporter: "otlp",
    gzip: true,
    outgoingCalls: true,
    internalSpans: false,
    processMetrics: false,
    loopDelayResolutionMs: 0,
    maxMemoryBytes: 134_217_728,
    overheadTarget: 0.01,
    maxSpansPerSecond: undefined,
  },
  "low-latency": {
    sampleRatio: 0.05,
    queueSpans: 2_048,
    batchSpans: 256,
    delayMs: 500,
    exportTimeoutMs: 5_000,
    metricIntervalMs: 5_000,
    attributes: 64,
    attributeSet: "standard",
    exporter: "otlp",
    gzip: true,
    outgoingCalls: true,
    internalSpans: false,
    processMetrics: false,
    loopDelayResolutionMs: 0,
    maxMemoryBytes: 33_554_432,
    overheadTarget: 0.01,
    maxSpansPerSecond: undefined,
  },
  constrained: {
    sampleRatio: 0.005,
    queueSpans: 1_024,
    batchSpans: 128,
    delayMs: 5_000,
    exportTimeoutMs: 10_000,
    metricIntervalMs: 60_000,
    attributes: 32,
    attributeSet: "minimal",
    exporter: "otlp",
    gzip: true,
    outgoingCalls: false,
    internalSpans: false,
    processMetrics: false,
    loopDelayResolutionMs: 0,
    maxMemoryBytes: 16_777_216,
    overheadTarget: 0.01,
    maxSpansPerSecond: 1_000,
  },
};
