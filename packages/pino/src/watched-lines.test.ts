import { resetTelemetry } from "@gossamer/core";
import { afterEach, expect, test } from "vitest";
import { createLogger } from "./create-logger.ts";
import { CapturedLines } from "./testing/captured-lines.ts";
import { fakeReader, testEngine } from "./testing/test-engine.ts";

afterEach(() => resetTelemetry());

const nobody = { requestEnded() {}, spanEnded() {} };

test("who looks on is given each line as it is written, those of requests too, and the destination all the same (R-D3)", () => {
  const engine = testEngine();
  const destination = new CapturedLines();
  const logger = createLogger(engine, { destination, level: "info" });
  const [lines, ...more] = engine.watch(nobody).lines();
  if (lines === undefined) expect.fail("the logger's lines can be looked at");
  expect(more).toEqual([]);
  const seen: string[] = [];
  const stop = lines.watch((text) => seen.push(text));
  logger.info("one");
  logger.child({ of: "a child" }).warn("two");
  engine.begin({}, fakeReader).end({ statusCode: 200, completed: true });
  expect(seen).toEqual(destination.texts);
  expect(seen.map((text) => (JSON.parse(text) as Record<string, unknown>)[lines.keys.message])).toEqual([
    "one",
    "two",
    "GET 200",
  ]);
  stop();
  logger.info("three");
  expect(seen).toHaveLength(3);
  expect(destination.texts).toHaveLength(4);
  expect(Object.hasOwn(destination, "write")).toBe(false);
});

test("a listener that throws is counted, and the line is written (R-D3)", () => {
  const engine = testEngine();
  const destination = new CapturedLines();
  const logger = createLogger(engine, { destination, level: "info" });
  engine
    .watch(nobody)
    .lines()[0]
    ?.watch(() => {
      throw new Error("a page with a mistake");
    });
  logger.info("one");
  expect(destination.lines).toMatchObject([{ msg: "one" }]);
  expect(engine.status().faults["watch"]).toBe(1);
});

test("a destination that went silent meanwhile stays so (R-D3)", () => {
  const engine = testEngine();
  const destination = new CapturedLines();
  createLogger(engine, { destination, level: "info" });
  const stop = engine
    .watch(nobody)
    .lines()[0]
    ?.watch(() => {});
  const silent = (): void => {};
  destination.write = silent;
  stop?.();
  expect(destination.write).toBe(silent);
});

test.each([
  [
    "opentelemetry",
    { level: "level", time: "time", message: "msg", error: "err", traceId: "trace_id", spanId: "span_id" },
  ],
  [
    "ecs",
    {
      level: "log.level",
      time: "@timestamp",
      message: "message",
      error: "error",
      traceId: "trace.id",
      spanId: "span.id",
    },
  ],
  ["datadog", { level: "level", time: "time", message: "message", error: "error" }],
] as const)("it is said under what names lines of the style %s say what (R-D3)", (fields, keys) => {
  const engine = testEngine();
  createLogger(engine, { destination: new CapturedLines(), fields });
  expect(engine.watch(nobody).lines()[0]?.keys).toEqual(keys);
});

test("levels are changed from outside as by logLevels(), and a level that is none is refused (R-D3)", () => {
  const engine = testEngine();
  const destination = new CapturedLines();
  const logger = createLogger(engine, { destination, level: "info" });
  const [lines] = engine.watch(nobody).lines();
  expect([lines?.level(), lines?.setLevel("loud"), lines?.setLevel("debug", 60_000)]).toEqual(["info", false, true]);
  logger.debug("seen");
  expect(destination.lines).toMatchObject([{ msg: "seen" }]);
});
