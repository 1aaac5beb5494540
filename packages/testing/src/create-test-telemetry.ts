import {
  createTelemetry,
  existingTelemetry,
  resetTelemetry,
  type ReadableLogRecord,
  type TelemetryEngine,
  type TelemetryOptions,
} from "@gossamer/core";
import { checks } from "@gossamer/core/adapter";
import { SpanRecorder, type TestSpan } from "./span-recorder.ts";
import { readProducedPoints, type TestPoint } from "./test-points.ts";

/** An engine whose signals stay in memory, for the tests of a service. */
export interface TestTelemetry {
  /** For the adapter, in place of the service's own: `app.use(telemetry(test.telemetry))`. */
  readonly telemetry: TelemetryEngine;
  /** Recorded spans that have ended, in the order they did. */
  readonly spans: readonly TestSpan[];
  /** The one span of that name. Throws with the names there are when there is none, or more than one. */
  span(name: string): TestSpan;
  /** The points of a metric, each with its attributes; none for a metric that nothing was recorded for. */
  points(metric: string): Promise<readonly TestPoint[]>;
  /** Log records that were to leave: of loggers made with `otlp: true`, and of `telemetry.loggerProvider`. */
  readonly logs: readonly ReadableLogRecord[];
  /** What the engine said, line by line. */
  readonly lines: readonly string[];
  /** Forgets spans, log records and lines; metrics go on. */
  clear(): void;
  /** Stops the engine of this process and makes room for the next. To be called after each test. */
  stop(): Promise<void>;
}

const optionsCheck = checks.check(
  "object",
  "an object",
  (value): value is object => typeof value === "object" && value !== null,
);

/**
 * Makes the engine of this process for a test: everything is sampled, nothing is exported, signals are left alone. The service's own
 * `createTelemetry()` then gives this engine too, without a warning unless it asks for other options.
 *
 * What `options` say wins. An engine that is there already is an error: call `stop` of the earlier one.
 */
export function createTestTelemetry(options: TelemetryOptions = {}): TestTelemetry {
  optionsCheck.validate(options, "options");
  if (existingTelemetry() !== undefined) {
    throw new Error(
      "This process has an engine already: end it before the next test, with stop() or resetTelemetry().",
    );
  }
  const recorder = new SpanRecorder();
  const lines: string[] = [];
  const { spanProcessors = [], log } = options;
  const telemetry = createTelemetry({
    serviceName: "test",
    environment: "test",
    ...(options.sampler === undefined ? { sampleRatio: 1 } : {}),
    exporter: "none",
    shutdown: { signals: false },
    ...options,
    spanProcessors: [recorder, ...spanProcessors],
    log(line) {
      lines.push(line);
      log?.(line);
    },
  });
  const logs: ReadableLogRecord[] = [];
  telemetry.logging.watchRecords((record) => logs.push(record));
  return {
    telemetry,
    logs,
    spans: recorder.spans,
    span: (name) => recorder.only(name),
    points: async (metric) => readProducedPoints(await telemetry.metricProducer().collect(), metric),
    lines,
    clear() {
      recorder.spans.length = 0;
      logs.length = 0;
      lines.length = 0;
    },
    stop: () => resetTelemetry(),
  };
}
