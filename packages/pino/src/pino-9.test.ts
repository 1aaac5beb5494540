import { pino } from "pino";
import { expect, test, vi } from "vitest";
import { describeLogger } from "./testing/logger-suite.ts";
import { describePlainLines } from "./testing/plain-lines.ts";

vi.mock("pino", () => import("pino9"));

test("this is pino 9 (R-G1)", () => {
  expect(pino({}, { write() {} }).version).toMatch(/^9\./);
});

describeLogger("pino 9", (options, stream) => pino(options, stream));
describePlainLines("pino 9", (options, stream) => pino(options, stream));
