import fc from "fast-check";
import { pino } from "pino";
import { afterEach, expect, test, vi } from "vitest";
import { fieldStyle } from "./field-styles.ts";

afterEach(() => void vi.restoreAllMocks());

const service = { name: "shop", version: undefined, environment: undefined };
const epochMs = fc.oneof(
  fc.integer({ min: -100_000, max: 100_000 }),
  fc.integer({ min: 1_700_000_000_000, max: 1_700_000_010_000 }),
  fc.integer({ min: 0, max: 8_640_000_000_000_000 }),
);

test.each([
  ["opentelemetry", (): string => pino.stdTimeFunctions.epochTime()],
  ["ecs", (): string => `,"@timestamp":"${new Date(Date.now()).toISOString()}"`],
] as const)("the time of a line is that of the clock, also where it goes back: %s (R-G2)", (fields, expected) => {
  const { timestamp } = fieldStyle(fields, () => service).pino();
  if (typeof timestamp !== "function") expect.fail("lines of this style have a time of their own");
  const clock = vi.spyOn(Date, "now");
  fc.assert(
    fc.property(fc.array(epochMs, { minLength: 1 }), (times) => {
      for (const time of times.flatMap((one) => [one, one])) {
        clock.mockReturnValue(time);
        expect(timestamp()).toBe(expected());
      }
    }),
    { numRuns: 300 },
  );
});
