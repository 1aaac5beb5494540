import { expect, test } from "vitest";
import { capturedHeaders, shownHeader } from "./captured-headers.ts";
import { sensitiveNames } from "./redact-query.ts";

function shown(name: string, value: string, secret: string[] = []): string {
  const [header] = capturedHeaders("request", [name], secret);
  if (header === undefined) throw new Error("no header");
  expect(header.key).toBe(`http.request.header.${name}`);
  return shownHeader(header, value, sensitiveNames(["ticket"]));
}

test.each([
  ["authorization", "Bearer abc", "REDACTED"],
  ["proxy-authorization", "Basic abc", "REDACTED"],
  ["x-api-key", "abc", "REDACTED"],
  ["cookie", "sid=abc; theme=dark", "sid=REDACTED; theme=REDACTED"],
  ["cookie", "abc", "REDACTED"],
  ["cookie", "a=b=c;;d", "a=REDACTED; REDACTED; REDACTED"],
  ["set-cookie", "sid=abc; Path=/; HttpOnly", "sid=REDACTED; Path=/; HttpOnly"],
  ["set-cookie", "sid=abc", "sid=REDACTED"],
  ["referer", "https://a.example/x?token=abc&page=2#top", "https://a.example/x?token=REDACTED&page=2#top"],
  ["location", "/next?ticket=1&a=2", "/next?ticket=REDACTED&a=2"],
  ["location", "/next", "/next"],
  ["x-tenant", "blue", "blue"],
  ["content-type", "text/plain", "text/plain"],
])("of %s: %s a span tells %s (R-L6)", (name, value, told) => {
  expect(shown(name, value)).toBe(told);
});

test("a header of the user's list is not told (R-L6)", () => {
  expect(shown("x-tenant", "blue", ["x-tenant"])).toBe("REDACTED");
});

test("64 KB of any separator are read through (R-L6)", () => {
  for (const separator of [";", "=", "?", "&", "#"]) {
    for (const name of ["cookie", "set-cookie", "referer"]) {
      expect(shown(name, separator.repeat(65_536)).length).toBeGreaterThan(0);
    }
  }
});
