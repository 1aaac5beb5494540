import { OptionError, type Telemetry } from "@gossamer/core";
import { expect, test } from "vitest";
import { createLogger, type LoggerOptions } from "./create-logger.ts";
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
  [{ crashLine: 1 }, "crashLine", "true or false, got 1"],
];

test.each(wrong)("a logger's option that is wrong is an error at start: %o (R-C3)", (options, option, message) => {
  const make = (): unknown => createLogger(testEngine(), options as LoggerOptions);
  expect(make).toThrow(OptionError);
  expect(make).toThrow(message);
  expect(make).toThrow(expect.objectContaining({ option }));
});

test("a logger without telemetry, or with options that are none, is an error that says so (R-C3)", () => {
  expect(() => createLogger(undefined as unknown as Telemetry)).toThrow("createLogger() takes telemetry first");
  expect(() => createLogger(testEngine(), null as unknown as LoggerOptions)).toThrow(OptionError);
});

test("what nobody knows is left to pino, which may be a newer one (R-C3)", () => {
  const destination = { write() {} };
  expect(() => createLogger(testEngine(), { destination, ofPino99: true } as LoggerOptions)).not.toThrow();
});
