import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { ReadableSpan, SpanExporter } from "../model/span-processor.ts";
import type { TelemetryOptions } from "../options/declare/telemetry-options.ts";
import { type FakeRequest, fakeReader } from "../testing/test-exchange.ts";
import { createTelemetry, resetTelemetry } from "./create-telemetry.ts";
import type { TelemetryEngine } from "./telemetry.ts";

afterEach(() => resetTelemetry());

function keepSpans(answers: (0 | 1)[] = []): SpanExporter & { readonly spans: ReadableSpan[]; exports: number } {
  return {
    spans: [],
    exports: 0,
    export(spans, back) {
      this.exports++;
      const code = answers.shift() ?? 0;
      if (code === 0) this.spans.push(...spans);
      back({ code });
    },
    shutdown: () => Promise.resolve(),
  };
}

function engine(options: TelemetryOptions): TelemetryEngine {
  return createTelemetry({
    serviceName: "shop",
    sampleRatio: 1,
    diagnostics: "none",
    shutdown: { signals: false },
    ...options,
  } as TelemetryOptions<never>);
}

const lanesOf = (telemetry: TelemetryEngine): Record<string, number> =>
  Object.fromEntries(
    Object.entries(telemetry.status().traceExport?.lanes ?? {}).map(([name, lane]) => [
      name,
      lane.writing + lane.queued,
    ]),
  );

describe("lanes", () => {
  test("children go with their request: to the lane of errors when it fails, whatever they were (R-P4)", async () => {
    const exporter = keepSpans();
    const telemetry = engine({ exporter });
    const request = (statusCode: number): void => {
      const exchange = telemetry.begin<FakeRequest>({}, fakeReader);
      exchange.run(() => {
        telemetry.span("query", () => {});
        telemetry.span("render", () => {});
      });
      exchange.end({ statusCode, completed: true });
    };
    request(200);
    expect(lanesOf(telemetry)).toEqual({ errors: 0, http: 3, jobs: 0 });
    request(500);
    expect(lanesOf(telemetry)).toEqual({ errors: 3, http: 3, jobs: 0 });
    await telemetry.flush();
    expect(exporter.spans.map(({ name }) => name).sort()).toEqual(["GET", "GET", "query", "query", "render", "render"]);
  });

  test("a route or a span names the lane of jobs, and what fails goes to that of errors all the same (R-P4)", () => {
    const telemetry = engine({ exporter: keepSpans() });
    const route = telemetry.routes.get("/report", { lane: "jobs" });
    telemetry.begin<FakeRequest>({ route }, fakeReader).end({ statusCode: 200, completed: true });
    telemetry.span("nightly", { lane: "jobs" }, () => telemetry.span("step", () => {}));
    expect(lanesOf(telemetry)).toEqual({ errors: 0, http: 0, jobs: 3 });
    const nightly = (): void =>
      telemetry.span("nightly", { lane: "jobs" }, () => {
        telemetry.span("step", () => {});
        throw new Error("no");
      });
    expect(nightly).toThrow("no");
    expect(lanesOf(telemetry)).toEqual({ errors: 2, http: 0, jobs: 3 });
  });

  test("a request with many children, or one that streams, does not hold them until its end (R-P4)", () => {
    const telemetry = engine({ exporter: keepSpans() });
    const many = telemetry.begin<FakeRequest>({}, fakeReader);
    many.run(() => {
      for (let i = 0; i < 130; i++) telemetry.span("child", () => {});
    });
    expect(lanesOf(telemetry)).toMatchObject({ http: 130 });
    const stream = telemetry.begin<FakeRequest>({}, fakeReader);
    stream.headersSent(true);
    stream.run(() => telemetry.span("event", () => {}));
    expect(lanesOf(telemetry)).toMatchObject({ http: 131 });
  });
});

describe("exporters", () => {
  test("the breaker of an exporter that fails opens, tells it as an event, and the next one takes over (R-P7, R-P8)", async () => {
    const events: unknown[] = [];
    const listen = (event: unknown): void => void events.push(event);
    subscribe("gossamer.breaker", listen);
    try {
      const [broken, whole] = [keepSpans([1]), keepSpans()];
      const telemetry = engine({
        exporter: [broken, whole],
        breaker: { failures: 1 },
        otlp: { retry: { attempts: 1 } },
      });
      telemetry.span("first", () => {});
      await telemetry.flush();
      telemetry.span("second", () => {});
      // Not by a flush, which would try the first again at once.
      await expect.poll(() => whole.spans.map(({ name }) => name)).toEqual(["second"]);
      expect(events).toMatchObject([{ from: "closed", to: "open", reason: "1 failures in a row" }]);
      expect(telemetry.status().traceExport).toMatchObject({
        exported: 1,
        drops: { "retries-exhausted": 1 },
        exporters: [{ breaker: "open" }, { breaker: "closed", exported: 1 }],
      });
    } finally {
      unsubscribe("gossamer.breaker", listen);
    }
  });

  test("an emergency frees the memory into the spool, and the next engine sends it (R-P10, R-P8)", async () => {
    const directory = join(mkdtempSync(join(tmpdir(), "spool-engine-")), "spool");
    try {
      const silent: SpanExporter = { export: () => {}, shutdown: () => Promise.resolve() };
      const options: TelemetryOptions = { fallback: "file", spool: { directory } };
      const telemetry = engine({ ...options, exporter: silent, otlp: { maxConcurrentExports: 1 } });
      telemetry.span("under way", () => {});
      void telemetry.flush(50);
      telemetry.span("waits", () => {});
      await telemetry.emergencyFlush(50);
      expect(telemetry.status().traceExport).toMatchObject({ queued: 0, spooled: 1, inFlight: 1 });
      await resetTelemetry();
      const exporter = keepSpans();
      const next = engine({ ...options, exporter });
      await expect.poll(() => exporter.spans.map(({ name }) => name).sort()).toEqual(["under way", "waits"]);
      await expect
        .poll(() => next.status().traceExport)
        .toMatchObject({ accepted: 2, exported: 1, uncertain: 1, spooled: 0 });
      await expect.poll(() => readdirSync(directory)).toEqual([]);
    } finally {
      rmSync(join(directory, ".."), { recursive: true, force: true });
    }
  });

  test("nothing holds requests back unless it was asked for (R-P3)", () => {
    expect(engine({ exporter: keepSpans() }).backpressure).toBeUndefined();
  });
});

test("the ended spans of open jobs are counted as memory that is held, and bounded (B1)", () => {
  const telemetry = engine({ exporter: keepSpans(), maxMemoryBytes: 1_048_576 });
  const held = (): number => telemetry.status().traceExport?.heldBytes ?? NaN;
  const jobs = Array.from({ length: 100 }, () => telemetry.tracer.startSpan("job"));
  const before = held();
  for (const job of jobs.slice(0, 1)) for (let i = 0; i < 100; i++) telemetry.span("child", { parent: job }, () => {});
  expect(held()).toBeGreaterThan(before + 40_000);
  for (const job of jobs) for (let i = 0; i < 128; i++) telemetry.span("child", { parent: job }, () => {});
  expect(held()).toBeLessThanOrEqual(1_048_576);
  for (const job of jobs) job.end();
  expect(telemetry.status().traceExport).toMatchObject({ drops: {} });
});

describe("whatever an exporter of the user's fails with (A14)", () => {
  const hostile = {
    get message(): string {
      throw new Error("hands off");
    },
    get code(): number {
      throw new Error("hands off");
    },
  };
  const odd: readonly (readonly [string, unknown])[] = [
    ["a number", 7],
    ["a symbol", Symbol("no")],
    ["nothing", undefined],
    ["an object without a prototype", Object.create(null)],
    ["an error whose message is no text", Object.assign(new Error("x"), { message: { not: "text" } })],
    ["an object whose getters throw", hostile],
  ];
  const ways: Readonly<Record<string, (error: unknown) => SpanExporter["export"]>> = {
    "tells it": (error) => (_spans, back) => back({ code: 1, error: error as Error }),
    "answers with it": (error) => (_spans, back) => back(error as { code: number }),
    "throws it": (error) => () => {
      throw error;
    },
    "rejects with it": (error) =>
      (async () => {
        throw error;
      }) as unknown as SpanExporter["export"],
  };
  const cases = odd.flatMap(([what, error]) =>
    Object.entries(ways).map(([how, way]) => [how, what, way(error)] as const),
  );

  test.each(cases)("one that %s, %s, is counted and harms nobody", async (_how, _what, fails) => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown): void => void unhandled.push(reason);
    process.on("unhandledRejection", hear);
    try {
      const whole = keepSpans();
      const telemetry = engine({
        exporter: { export: fails, shutdown: () => Promise.resolve() },
        spanExporters: [{ export: fails, shutdown: () => Promise.resolve() }, whole],
        otlp: { retry: { attempts: 1 } },
        batch: { delayMs: 1 },
      });
      telemetry.span("step", () => {});
      await telemetry.flush(1_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
      expect(telemetry.status().spans.drops).toMatchObject({ "exporter-failed": 1 });
      expect(telemetry.status().traceExport?.exported).toBe(0);
      expect(whole.spans).toHaveLength(1);
      expect(unhandled).toEqual([]);
    } finally {
      process.off("unhandledRejection", hear);
    }
  });

  test("a processor of the user's whose hooks reject is counted and harms nobody (A14)", async () => {
    const rejects = (): void => Promise.reject(new Error("no")) as unknown as void;
    const never = (): Promise<void> => Promise.reject(new Error("no"));
    const telemetry = engine({
      exporter: "none",
      spanProcessors: [{ onStart: rejects, onEnd: rejects, forceFlush: never, shutdown: never }],
    });
    telemetry.span("step", () => {});
    await expect.poll(() => telemetry.status().faults["span-processor"]).toBe(2);
  });
});
