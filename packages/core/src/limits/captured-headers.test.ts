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

test.each([
  [
    "location",
    "https://app.example/cb#access_token=abc&state=x",
    "https://app.example/cb#access_token=REDACTED&state=x",
  ],
  ["location", "/#/route?idToken=abc", "/#/route?idToken=REDACTED"],
  ["location", "/a?x=1#token=abc", "/a?x=1#token=REDACTED"],
  ["location", "https://ann:pa55@host.example/x", "https://REDACTED:REDACTED@host.example/x"],
  ["location", "//ann@host.example", "//REDACTED@host.example"],
  ["location", "https://ann:p@5:5@host.example:8080?a=@", "https://REDACTED:REDACTED@host.example:8080?a=@"],
  ["location", "https://host.example/ann@x", "https://host.example/ann@x"],
  ["location", "/login?next=https://host.example/x?code=1", "/login?next=https://host.example/x?code=REDACTED"],
  ["location", "https://b.s3.example/k?x-amz-signature=abc", "https://b.s3.example/k?x-amz-signature=REDACTED"],
  [
    "referer",
    "https://ann:pa55@a.example/?secret_key=abc#top",
    "https://REDACTED:REDACTED@a.example/?secret_key=REDACTED#top",
  ],
  ["link", "<https://a.example/?token=abc>; rel=next", "<https://a.example/?token=REDACTED"],
  ["refresh", "5; url=https://ann:pa55@a.example/", "5; url=https://REDACTED:REDACTED@a.example/"],
  ["x-original-url", "/a?accessToken=abc&b=1", "/a?accessToken=REDACTED&b=1"],
  ["x-secret-key", "abc", "REDACTED"],
  ["x-vault-token", "abc", "REDACTED"],
  ["x-amz-signature", "abc", "REDACTED"],
  ["x-error-code", "7", "7"],
  ["from", "ann@host.example", "ann@host.example"],
])("of %s: %s a span tells %s, wherever the secret stands (D4)", (name, value, told) => {
  expect(shown(name, value)).toBe(told);
});

test("a header of the user's list is not told (R-L6)", () => {
  expect(shown("x-tenant", "blue", ["x-tenant"])).toBe("REDACTED");
});

test("64 KB of any separator are read through (R-L6)", () => {
  for (const separator of [";", "=", "?", "&", "#", "//", "//@", "//a:", "@//"]) {
    for (const name of ["cookie", "set-cookie", "referer"]) {
      expect(shown(name, separator.repeat(65_536)).length).toBeGreaterThan(0);
    }
  }
});

test("of long cookies and addresses no more is looked at than is shown, and none of it is told (A4)", () => {
  const sensitive = sensitiveNames();
  const [cookie, referer] = capturedHeaders("request", ["cookie", "referer"]);
  expect(shownHeader(cookie!, ";".repeat(65_536), sensitive, 100).length).toBeLessThan(120);
  expect(shownHeader(referer!, `/x?${"token=s3cret&".repeat(5_000)}`, sensitive, 100).slice(0, 101)).toBe(
    `/x?${"token=REDACTED&".repeat(10)}`.slice(0, 101),
  );
  expect(shownHeader(cookie!, "sid=abc; theme=dark", sensitive, 19)).toBe("sid=REDACTED; theme=REDACTED");
});
