import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cleanWords } from "../log/clean-words.ts";
import { reasonInBody } from "./reason-in-body.ts";

const secrets = {
  headers: { authorization: "Bearer s3cr3t-of-ours", "x-api-key": "k-123456" },
  url: "https://user:p4ssw0rd@collector:4318/v1/traces",
};

describe("what a collector says of a refusal", () => {
  it.each([
    ["\u0008\u0003\u0012\u0009bad field", "application/x-protobuf", "bad field"],
    ['{"code":3,"message":"no such tenant"}', "application/json", "no such tenant"],
    ['{"error":{"message":"quota"}}', "application/json", "quota"],
    ['{"error":"quota"}', undefined, "quota"],
    ['{"cut off', "application/json", '{"cut off'],
    ["<html><head><TITLE>403 Forbidden</TITLE>…", "text/html", "403 Forbidden"],
    ["<html>", "text/html", ""],
    ["  plain text ", "text/plain", "plain text"],
    ["", undefined, ""],
  ])("is found in %j (D5)", (body, contentType, reason) => {
    expect(reasonInBody(Buffer.from(body), contentType)).toBe(reason);
  });

  it("is one line without control characters, cut (D3)", () => {
    expect(cleanWords("a\r\nb\u001B[31mc\u0000\u2028d\u202Ee")).toBe("a b [31mc d e");
    expect(cleanWords("x".repeat(10_000))).toHaveLength(200);
  });

  it.each([
    "no: Bearer s3cr3t-of-ours",
    "key k-123456 is unknown",
    "token s3cr3t-of-ours expired",
    "for https://user:p4ssw0rd@collector",
    "p4ssw0rd is wrong",
    "Authorization: Bearer abcdefgh",
    'api_key="abcdefgh"',
    "password=abcdefgh&x=1",
    "got eyJabcdefgh.eyJhbGciOi.abcdefgh",
  ])("tells no secret: %s (D5)", (words) => {
    expect(cleanWords(words, secrets)).not.toMatch(/s3cr3t|123456|p4ssw0rd|abcdefgh/);
    expect(cleanWords(words, secrets)).toContain("…");
  });

  it("is read in bounded time whatever it is (D3)", () => {
    const hostile = ["/", "//", "token", "token=", "bearer ", "eyJ", "<title", "{", " ", "\n", '":', "a"];
    for (const piece of hostile) {
      const words = piece.repeat(1 + 65_536 / piece.length);
      // What else the machine does is in the other tries.
      const triesMs = Array.from({ length: 9 }, () => {
        const beganMs = performance.now();
        cleanWords(reasonInBody(Buffer.from(words), "text/html"), secrets);
        cleanWords(words, secrets);
        return performance.now() - beganMs;
      });
      expect(Math.min(...triesMs), piece).toBeLessThan(50);
    }
  });

  it("throws at nobody (D3)", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.constantFrom(undefined, "application/x-protobuf"),
        (body, type) => {
          const line = cleanWords(reasonInBody(body, type), secrets);
          expect(line.length).toBeLessThanOrEqual(200);
          expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        },
      ),
    );
  });
});
