import { pino } from "pino";
import { expect, test } from "vitest";
import { describeLogger } from "./testing/logger-suite.ts";
import { describePlainLines } from "./testing/plain-lines.ts";

test("this is pino 10 (R-G1)", () => {
  expect(pino({}, { write() {} }).version).toMatch(/^10\./);
});

describeLogger("pino 10", (options, stream) => pino(options, stream));
describePlainLines("pino 10", (options, stream) => pino(options, stream));
