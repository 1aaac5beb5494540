import { OptionError, type Telemetry } from "@gossamer/core";
import { expect, test } from "vitest";
import { createLogger, type LoggerOptions } from "./create-logger.ts";
import { type LevelChange, type LevelScope, logLevels } from "./log-levels.ts";
import { testEngine } from "./testing/test-engine.ts";

const wrong: readonly [options: object, option: string, message: string][] = [
  [{ levelSignal: "SIGUSR2" }, "levelSignal", "an object with signal, level, forMs, got 'SIGUSR2'"],
  [{ levelSignal: { signal: "SIGFOO" } }, "levelSignal.signal", "got 'SIGFOO'"],
  [{ levelSignal: { signal: "SIGKILL" } }, "levelSignal.signal", "a signal that a process can listen to"],
  [{ levelSignal: { signal: "SIGUSR2", forMS: 1 } }, "levelSignal.forMS", 'Did you mean "levelSignal.forMs"?'],
  [{ otlp: "yes" }, "otlp", "true or false, got 'yes'"],
  [{ bufferBytes: -1 }, "bufferBytes", "an integer from 0 to 1000000000, got -1"],
  [{ bufferByte: 1 }, "bufferByte", 'Did you mean "bufferBytes"?'],
  [{ requestLine: 5 }, "requestLine", "true, false or an object with path, got 5"],
  [{ requestLine: { paths: true } }, "requestLine.paths", 'Did you mean "requestLine.path"?'],
  [{ mixin: 5 }, "mixin", "a function, got 5"],
  [{ level: "loud" }, "level", "got 'loud'"],
  [{ fields: "mine" }, "fields", "got 'mine'"],
  [{ libraryLevels: { pg: "loud" } }, "libraryLevels.pg", "got 'loud'"],
  [{ redact: 5 }, "redact", "a list of paths, or an object with paths, got 5"],
  [{ redact: { paths: [5] } }, "redact", "a list of paths, or an object with paths"],
  [{ crashLine: 1 }, "crashLine", "true or false, got 1"],
];

test.each(wrong)("a logger's option that is wrong is an error at start: %o (R-C3)", (options, option, message) => {
  const make = (): unknown => createLogger(testEngine(), options as LoggerOptions);
  expect(make).toThrow(OptionError);
  expect(make).toThrow(message);
  expect(make).toThrow(expect.objectContaining({ option }));
});

test("a change of levels that cannot be read changes nothing, and throws nothing (R-C3)", () => {
  const levels = logLevels(createLogger(testEngine(), { level: "info", destination: { write() {} } }));
  for (const change of [null, 5, "x", { forms: 5 }, { forMs: 5, rout: "/a" }]) {
    expect(levels.set("debug", change as LevelChange)).toBe(false);
  }
  for (const scope of [null, 5] as unknown as LevelScope[]) {
    expect(levels.get(scope)).toBe("info");
    levels.reset(scope);
  }
  expect(levels.set("debug", { forMs: 60_000 })).toBe(true);
  levels.reset();
});

test("a logger without telemetry, or with options that are none, is an error that says so (R-C3)", () => {
  expect(() => createLogger(undefined as unknown as Telemetry)).toThrow("createLogger() takes telemetry first");
  expect(() => createLogger(testEngine(), null as unknown as LoggerOptions)).toThrow(OptionError);
});

test("what nobody knows is left to pino, which may be a newer one (R-C3)", () => {
  const destination = { write() {} };
  expect(() => createLogger(testEngine(), { destination, ofPino99: true } as LoggerOptions)).not.toThrow();
});
