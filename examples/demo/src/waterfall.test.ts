import type { ReceivedSpan } from "@gossamer/testing";
import { expect, it } from "vitest";
import { barsOf, waterfallLines } from "./waterfall.ts";

function span(spanId: string, parentSpanId: string, startMs: number, endMs: number, service = "a"): ReceivedSpan {
  return {
    spanId,
    parentSpanId,
    name: `span ${spanId}`,
    startTimeUnixNano: BigInt(startMs * 1e6),
    endTimeUnixNano: BigInt(endMs * 1e6),
    resource: { "service.name": service },
  } as never;
}

it("shows a trace as bars, each below the span that began it, on one line of time (E10)", () => {
  const lines = waterfallLines(
    barsOf([span("2", "1", 8, 16, "b"), span("1", "elsewhere", 0, 16), span("3", "2", 8, 8)]),
  );
  expect(lines).toEqual([
    `  a span 1      ${"█".repeat(32)}    16.0 ms`,
    `    b span 2    ${" ".repeat(16)}${"█".repeat(16)}    8.00 ms`,
    `      a span 3  ${" ".repeat(16)}█${" ".repeat(15)}    0.00 ms`,
  ]);
});

it("shows as many spans as fit on a screen, and says how many more there are (E10)", () => {
  const spans = Array.from({ length: 30 }, (_, i) => span(String(i), i === 0 ? "" : "0", i, 40));
  expect(waterfallLines(barsOf(spans)).at(-1)).toBe("  … and 16 spans more");
});
