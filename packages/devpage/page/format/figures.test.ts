import { expect, it } from "vitest";
import { ago, bytes, duration, micros, percent, plural, rate, whole } from "./figures.ts";

it("says numbers with as many digits as tell something, and their unit (R-D3)", () => {
  expect([0, 999, 12_345, 1_234_567].map(whole)).toEqual(["0", "999", "12,345", "1.23\u202fM"]);
  expect([undefined, 0, 0.0004, 0.87, 12.34, 1_200, 90_000].map(duration)).toEqual([
    "–",
    "0 µs",
    "0.4 µs",
    "870 µs",
    "12.3 ms",
    "1.20 s",
    "1.50 min",
  ]);
  expect([undefined, 0, 0.00001, 0.0042, 0.5, 0.123, 0.9999].map(percent)).toEqual([
    "–",
    "0 %",
    "< 0.01 %",
    "0.42 %",
    "50 %",
    "12.3 %",
    "100 %",
  ]);
  expect([0, 0.05, 3.26, 1_234.5].map(rate)).toEqual(["0", "< 0.1", "3.3", "1,235"]);
  expect([12, 2_048, 8_388_608].map(bytes)).toEqual(["12 B", "2 KiB", "8 MiB"]);
  expect([plural(1, "span"), plural(2, "span"), micros(18.42), ago(0, 65_000)]).toEqual([
    "1 span",
    "2 spans",
    "18.4 µs",
    "65 s ago",
  ]);
});
