import type { RequestLine } from "@gossamer/core";
import { resetTelemetry } from "@gossamer/core";
import fc from "fast-check";
import { type LoggerOptions, pino } from "pino";
import { afterEach, expect, test } from "vitest";
import type { FieldNames } from "./fields/field-style.ts";
import { fieldsOf } from "./fields/field-style.ts";
import { fieldStyle } from "./fields/field-styles.ts";
import { LineText } from "./line-text.ts";
import { mixin } from "./mixin.ts";
import { pinoMember } from "./pino-symbol.ts";
import { CapturedLines } from "./testing/captured-lines.ts";
import { testEngine } from "./testing/test-engine.ts";

afterEach(() => resetTelemetry());

const service = { name: "shop", version: undefined, environment: "test" };
const text = fc.string({ unit: "binary" });
const count = fc.option(fc.nat(), { nil: undefined });

const anyLine: fc.Arbitrary<RequestLine> = fc.record({
  level: fc.constantFrom("trace", "debug", "info", "warn", "error"),
  method: fc.constantFrom("GET", "_OTHER"),
  route: fc.option(text, { nil: undefined }),
  path: fc.option(text, { nil: undefined }),
  statusCode: count,
  aborted: fc.boolean(),
  durationMs: fc.oneof(fc.double(), fc.nat(), fc.double({ min: 0, max: 10_000 })),
  streamMs: fc.option(fc.double({ min: 0, max: 10_000 }), { nil: undefined }),
  requestBytes: count,
  responseBytes: count,
  traceId: fc.constant("0123456789abcdef0123456789abcdef"),
  spanId: fc.constant("0123456789abcdef"),
  traceFlags: fc.nat(255),
  samplingReason: text,
  errorType: fc.option(text, { nil: undefined }),
  error: fc.constant(undefined),
});

test.each(["opentelemetry", "ecs", "datadog"] as const)(
  "the text of a request's line is the one that pino would write, to the byte: %s (R-G2)",
  (fields: FieldNames) => {
    const style = fieldStyle(fields, () => service);
    const out = new CapturedLines();
    const logger = pino({ ...style.pino(), level: "trace", timestamp: () => ',"time":1' }, out);
    const lineText = LineText.of(logger, style);
    fc.assert(
      fc.property(anyLine, text, (line, message) => {
        const child = logger.child(fieldsOf(style.series, line));
        child[line.level](fieldsOf(style.request, line), message);
        lineText?.write(line, lineText.bindingsOf(child), lineText.ending(message));
        const [byPino, byUs] = out.texts.splice(0);
        expect(byUs).toBe(byPino);
        JSON.parse(byUs ?? "");
      }),
      { numRuns: 500 },
    );
  },
);

test("a logger that would do more with a line has it written by pino (R-G4)", () => {
  const style = fieldStyle("opentelemetry", () => service);
  const engine = testEngine();
  const isText = (options: LoggerOptions, stream: object = new CapturedLines()): boolean =>
    LineText.of(pino(options, stream as CapturedLines), style) !== undefined;
  expect(isText({})).toBe(true);
  expect(isText({ mixin: mixin(engine) })).toBe(true);
  expect(isText({ mixin: mixin(engine, { mixin: () => ({}) }) })).toBe(false);
  expect(isText({ mixin: () => ({}) })).toBe(false);
  expect(isText({ redact: ["trace_id"] })).toBe(false);
  expect(isText({ redact: ["*.password"] })).toBe(false);
  expect(isText({ serializers: { trace_id: () => "x" } })).toBe(false);
  expect(isText({ formatters: { log: (line) => line } })).toBe(false);
  expect(isText({ nestedKey: "payload" })).toBe(false);
  expect(isText({ msgPrefix: "[shop] " })).toBe(false);
  expect(isText({ hooks: { logMethod: (args, method) => method.apply(null as never, args) } })).toBe(false);
  expect(isText({ hooks: { streamWrite: (line) => line } })).toBe(false);
  expect(isText({}, pino.multistream([{ stream: new CapturedLines() }]))).toBe(false);
});

test("a pino that writes lines in another way writes them itself (R-G4)", () => {
  const style = fieldStyle("opentelemetry", () => service);
  const logger = pino({}, new CapturedLines());
  const child = logger.child({});
  for (let object: object | null = child; object !== null; object = Object.getPrototypeOf(object) as object | null) {
    const asJson = Object.getOwnPropertySymbols(object).find(({ description }) => description === "pino.asJson");
    if (asJson !== undefined) Reflect.set(child, asJson, () => "something else");
  }
  expect((pinoMember(child, "asJson") as () => string)()).toBe("something else");
  expect(LineText.of(child, style)).toBeUndefined();
});
