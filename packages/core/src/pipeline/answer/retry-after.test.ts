import { describe, expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const nowMs = Date.parse("Wed, 21 Oct 2015 07:28:00 GMT");

describe("Retry-After", () => {
  it.each([
    ["1", 1_000],
    [" 0 ", 0],
    ["Wed, 21 Oct 2015 07:28:30 GMT", 30_000],
    ["Wed, 21 Oct 2015 07:27:00 GMT", 0],
  ])("understands %j (R-P6)", (header, expected) => {
    expect(retryAfterMs(header, nowMs)).toBe(expected);
  });

  it.each(["86400", "99999999999999999999", "Wed, 21 Oct 2099 07:28:00 GMT"])(
    "caps %j at five minutes (R-P6)",
    (header) => {
      expect(retryAfterMs(header, nowMs)).toBe(300_000);
    },
  );

  it.each([undefined, "", "-1", "1.5", "soon", "1e3", "2015-10-21"])("ignores %j (R-P6)", (header) => {
    expect(retryAfterMs(header, nowMs)).toBeUndefined();
  });
});
