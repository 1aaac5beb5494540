import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPartialSuccess } from "./partial-success.ts";

const whole = { rejected: 0, message: undefined };

describe("partial success", () => {
  it("reads how many items were rejected and why (R-P6)", () => {
    const message = Buffer.from("too old");
    const inner = Buffer.concat([Buffer.from([0x08, 0xac, 0x02, 0x12, message.length]), message]);
    const answer = Buffer.concat([Buffer.from([0x0a, inner.length]), inner]);
    expect(readPartialSuccess(answer)).toEqual({ rejected: 300, message: "too old" });
  });

  it("passes over fields it does not know (R-P6)", () => {
    const inner = [0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4, 0x08, 5];
    expect(readPartialSuccess(Uint8Array.from([0x18, 1, 0x0a, inner.length, ...inner]))).toEqual({
      rejected: 5,
      message: undefined,
    });
  });

  it.each([
    ["an empty answer", ""],
    ["JSON", '{"partialSuccess":{}}'],
    ["HTML", "<html>ok</html>"],
    ["an answer that ends early", "\x0a\x7f\x08\x01"],
  ])("takes %s for whole success (R-P6)", (_name, text) => {
    expect(readPartialSuccess(Buffer.from(text, "latin1"))).toEqual(whole);
  });

  it("survives any bytes (R-P6)", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readPartialSuccess(bytes).rejected).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
