import { hostname } from "node:os";
import { resetTelemetry } from "@gossamer/core";
import { trace } from "@opentelemetry/api";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import type { ChildLoggerOptions, Logger, LoggerOptions as PinoOptions } from "pino";
import { createLogger } from "../create-logger.ts";
import { CapturedLines } from "./captured-lines.ts";
import { fakeReader, testEngine } from "./test-engine.ts";

type Pino = (options: PinoOptions, stream: CapturedLines) => Logger;

interface GeneratedLogger {
  readonly options: PinoOptions;
  readonly child: { readonly bindings: object; readonly options: ChildLoggerOptions | undefined } | undefined;
  readonly write: (logger: Logger) => void;
}

/** What a service may have under one name: nothing, or one of these. */
const maybe = <T>(...values: readonly T[]): fc.Arbitrary<T | undefined> => fc.constantFrom(undefined, ...values);

const formatters = {
  log: maybe<(line: object) => Record<string, unknown>>(
    (line) => ({ payload: line }),
    (line) => ({ ...line, seen: Object.keys(line).length }),
    (line) => line as Record<string, unknown>,
  ),
  bindings: maybe<(bindings: object) => object>(
    (bindings) => ({ of: bindings }),
    () => ({}),
  ),
  level: maybe<(label: string, number: number) => object>(
    (label) => ({ level: label }),
    (label, number) => ({ severity: `${label} ${number}` }),
  ),
};

const serializers = maybe<Record<string, (value: never) => unknown>>(
  { user: (user: { id?: unknown }) => ({ id: user.id }) },
  { err: (error: Error) => `${error.name}!`, msg: (message: string) => message.toUpperCase() },
);

const redact = maybe<NonNullable<PinoOptions["redact"]>>(
  ["user.email", "secret"],
  { paths: ["user.*", "secret"], remove: true },
  { paths: ["*.email"], censor: "gone" },
);

const loggers: fc.Arbitrary<GeneratedLogger> = fc.record({
  options: fc
    .record({
      nestedKey: maybe("payload", "a.b"),
      messageKey: maybe("message", "@m"),
      errorKey: maybe("error", "cause"),
      base: maybe<Record<string, unknown> | null>(null, { app: "shop" }),
      timestamp: maybe<(() => string) | false>(
        false,
        () => ',"time":1790000000000',
        () => ',"@timestamp":"2026-01-01T00:00:00.000Z"',
      ),
      formatters: fc.record(formatters).map(present),
      serializers,
      redact,
      mixin: maybe<(line: object, level: number) => object>(
        () => ({ tenant: "t1" }),
        (_line, level) => ({ level_seen: level, user: { email: "b@example.test" } }),
      ),
      mixinMergeStrategy: maybe<(line: object, mixed: object) => object>((line, mixed) => ({ ...line, mixed })),
      msgPrefix: maybe("[shop] "),
      depthLimit: maybe(2),
      crlf: maybe(true),
    })
    .map((options) => present(options) as object as PinoOptions),
  child: fc.option(
    fc.record({
      bindings: fc.constantFrom({ part: "cart" }, { user: { id: 7, email: "c@example.test" } }, {}),
      options: fc.option(
        fc
          .record({ formatters: fc.record(formatters).map(present), serializers, redact, msgPrefix: maybe("[cart] ") })
          .map((options) => present(options) as object as ChildLoggerOptions),
        { nil: undefined },
      ),
    }),
    { nil: undefined },
  ),
  write: fc.constantFrom<GeneratedLogger["write"][]>(
    (logger) => logger.info("hello"),
    (logger) => logger.info("hello %s of %d %j", "you", 7, { a: 1 }),
    (logger) => logger.warn({ user: { id: 1, email: "a@example.test" }, secret: "s", n: Number.NaN }, "with fields"),
    (logger) => logger.info({ deep: { er: { and: { deeper: true } } }, list: [1, "two", null], no: undefined }),
    (logger) => logger.error(boom, "failed"),
    (logger) => logger.error({ err: boom, error: boom, cause: boom }),
    (logger) => logger.fatal(boom),
  ),
});

const boom = new RangeError("too far");

function present<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}

const ids = /,"trace_id":"([\da-f]{32})","span_id":"([\da-f]{16})","trace_flags":"03"/g;

/** Lines of a logger are plain pino's, with ids. */
export function describePlainLines(version: string, pino: Pino): void {
  afterEach(() => resetTelemetry());

  describe(`plain pino's lines, ${version}`, () => {
    test("a line is plain pino's to the byte, but for its ids at the top level, whatever the options and those of a child (C22)", () => {
      const engine = testEngine();
      const writeOf = (logger: Logger, { child, write }: GeneratedLogger): void =>
        write(child === undefined ? logger : logger.child(child.bindings, child.options));
      const clocked = { timestamp: () => ',"time":1', base: { pid: process.pid, hostname: hostname() } };
      fc.assert(
        fc.property(loggers, (generated) => {
          const out = new CapturedLines();
          const plain = new CapturedLines();
          const options: PinoOptions = { ...clocked, ...generated.options, level: "info" };
          engine.begin({}, fakeReader).run(() => {
            const { traceId, spanId } = trace.getActiveSpan()!.spanContext();
            writeOf(createLogger(engine, { ...options, destination: out } as never), generated);
            writeOf(pino(options, plain), generated);
            const [text = "", ...more] = out.texts;
            expect(more).toEqual([]);
            expect([...text.matchAll(ids)].map(([, trace_id, span_id]) => [trace_id, span_id])).toEqual([
              [traceId, spanId],
            ]);
            expect(text.replace(ids, "")).toBe(plain.texts[0]);
            expect(JSON.parse(text)).toMatchObject({ trace_id: traceId, span_id: spanId, trace_flags: "03" });
          });
        }),
        { numRuns: Number(process.env["GOSSAMER_FUZZ_RUNS"] ?? 500) },
      );
    });

    test.for<[string, PinoOptions, (logger: Logger) => void]>([
      ["a field", {}, (logger) => logger.info({ trace_id: "mine", span_id: undefined }, "x")],
      ["a binding", {}, (logger) => logger.child({ trace_id: "mine", of: { span_id: 1 } }).info("x")],
      ["what a mixin answers", { mixin: () => ({ trace_id: "mine" }) }, (logger) => logger.info("x")],
      [
        "what a formatter answers",
        { formatters: { log: (line) => ({ ...line, trace_id: "mine" }) } },
        (logger) => logger.info("x"),
      ],
    ])("%s of the service's takes the place of an id of that name, and is there once (C22)", ([, options, write]) => {
      const engine = testEngine();
      const out = new CapturedLines();
      const logger = createLogger(engine, { ...options, destination: out, level: "info" } as never);
      engine.begin({}, fakeReader).run(() => write(logger));
      expect(out.last).toMatchObject({ trace_id: "mine", span_id: expect.stringMatching(/^[\da-f]{16}$/) });
      expect(out.texts[0]?.split('"trace_id"')).toHaveLength(2);
    });

    test.for<[string, PinoOptions, Record<string, unknown>]>([
      ["redaction", { redact: ["trace_id"] }, { trace_id: "[Redacted]" }],
      ["redaction of all there is", { redact: ["*"] }, { trace_id: "[Redacted]", trace_flags: "[Redacted]" }],
      ["a serializer", { serializers: { trace_id: (id: string) => id.length } }, { trace_id: 32 }],
    ])("%s holds for ids too (C22)", ([, options, expected]) => {
      const engine = testEngine();
      const out = new CapturedLines();
      const logger = createLogger(engine, { ...options, destination: out, level: "info" } as never);
      engine.begin({}, fakeReader).run(() => logger.info("x"));
      expect(out.last).toMatchObject(expected);
    });

    test("redaction that removes leaves none, nested fields of those names are the service's (C22)", () => {
      const engine = testEngine();
      const out = new CapturedLines();
      const removing = { paths: ["trace_id", "span_id", "trace_flags"], remove: true };
      const logger = createLogger(engine, { redact: removing, destination: out, level: "info" });
      const nesting = createLogger(engine, { nestedKey: "payload", destination: out, level: "info" });
      engine.begin({}, fakeReader).run(() => {
        logger.info("x");
        expect(Object.keys(out.last)).not.toContain("trace_id");
        nesting.info({ trace_id: "mine" }, "x");
        expect(out.last).toMatchObject({ trace_id: engine.traceId(), payload: { trace_id: "mine" } });
      });
    });

    test.for<[string, PinoOptions]>([
      ["a nestedKey", { nestedKey: "payload" }],
      ["a formatter of lines", { formatters: { log: (line) => ({ payload: line }) } }],
      ["a mixin besides", { nestedKey: "payload", mixin: () => ({ tenant: "t1" }) }],
    ])("the line of a request has its ids at the top level too, with %s (C22)", ([, options]) => {
      const engine = testEngine();
      const out = new CapturedLines();
      createLogger(engine, { ...options, destination: out, level: "info" } as never);
      const exchange = engine.begin({ route: engine.routes.get("/orders/:id") }, fakeReader);
      const own = exchange.run(() => engine.traceId());
      engine.begin({}, fakeReader).run(() => exchange.end({ statusCode: 200, completed: true }));
      expect(out.last).toMatchObject({ trace_id: own, trace_flags: "03", payload: { "http.route": "/orders/:id" } });
      expect(out.texts[0]?.split('"trace_id"')).toHaveLength(2);
    });
  });
}
