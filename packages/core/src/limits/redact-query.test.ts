import fc from "fast-check";
import { expect, test } from "vitest";
import { redactQuery, sensitiveNames } from "./redact-query.ts";

const names = sensitiveNames(["tenantKey"]);
const standard = [
  "X-Amz-Signature",
  "X-Amz-Credential",
  "X-Amz-Security-Token",
  "AWSAccessKeyId",
  "Signature",
  "sig",
  "X-Goog-Signature",
];

test.each(standard)("the signed-URL parameter %s is redacted, its key kept (R-L6)", (name) => {
  expect(redactQuery(`a=1&${name}=s3cr3t&b=2`, names)).toBe(`a=1&${name}=REDACTED&b=2`);
});

test.each(["Sig", "SIG", "signature", "x-amz-signature", "X_AMZ_CREDENTIAL", "awsaccesskeyid"])(
  "in whatever case and form %s comes, it is redacted (D4)",
  (name) => {
    expect(redactQuery(`${name}=1`, names)).toBe(`${name}=REDACTED`);
  },
);

test.each([
  "secret_key",
  "secretKey",
  "SECRET-KEY",
  "accessToken",
  "myAccessToken",
  "x-vault-token",
  "AWS_ACCESS_KEY_ID",
  "AWSAccessKeyId",
  "newPassword",
  "password2",
  "user.api-key",
  "API key",
  "oauth%5Fcode",
  "oldTenantKeys.tenant_key",
])("a listed word anywhere in a name is enough: %s (D4)", (name) => {
  expect(redactQuery(`${name}=1`, names)).toBe(`${name}=REDACTED`);
});

test.each([
  "tokens",
  "tokenize",
  "decode",
  "barcode",
  "author",
  "sidebar",
  "keyboard",
  "keys",
  "apikeys",
  "signatures",
])("a word that only has a listed one in it is told: %s (D4)", (name) => {
  expect(redactQuery(`${name}=1`, names)).toBe(`${name}=1`);
});

test("a name of ten thousand words is read in time linear in its length (D4)", () => {
  for (const word of ["a_", "access_", "x-amz-", "aB", "a1"]) {
    const name = word.repeat(10_000);
    // What else the machine does is in the other tries.
    const triesMs = Array.from({ length: 5 }, () => {
      const beganMs = performance.now();
      expect(redactQuery(`${name}=1`, names)).toBe(`${name}=1`);
      return performance.now() - beganMs;
    });
    expect(Math.min(...triesMs)).toBeLessThan(200);
  }
});

test.each([
  "token",
  "Token",
  "access_token",
  "accessToken",
  "password",
  "PASSWORD",
  "code",
  "api_key",
  "api-key",
  "apiKey",
  "X-Api-Key",
  "authorization",
  "client_secret",
  "jwt",
  "tenantKey",
  "TENANT_KEY",
])("%s is redacted, however it is written (R-L6)", (name) => {
  expect(redactQuery(`${name}=s3cr3t`, names)).toBe(`${name}=REDACTED`);
});

test.each([
  ["", ""],
  ["&", "&"],
  ["a=1&b=2", "a=1&b=2"],
  ["tokens=1&decode=2&passwords=3", "tokens=1&decode=2&passwords=3"],
  ["token", "token"],
  ["token=", "token=REDACTED"],
  ["token==x=y", "token=REDACTED"],
  ["token=a&token=b", "token=REDACTED&token=REDACTED"],
  ["&&token=a&&", "&&token=REDACTED&&"],
  ["t%6fken=a", "t%6fken=REDACTED"],
  ["%74%6F%6B%65%6E=a", "%74%6F%6B%65%6E=REDACTED"],
  ["%=1&t%6fken%=a&t%6fken=b", "%=1&t%6fken%=REDACTED&t%6fken=REDACTED"],
  ["%E0.t%6fken=a", "%E0.t%6fken=REDACTED"],
  ["user[password]=a", "user[password]=REDACTED"],
  ["user%5Bpassword%5D=a", "user%5Bpassword%5D=REDACTED"],
  ["token[]=a&token[0]=b", "token[]=REDACTED&token[0]=REDACTED"],
  ["auth.token=a", "auth.token=REDACTED"],
  ["+token=a&%20token=a", "+token=REDACTED&%20token=REDACTED"],
  ["?token=a", "?token=REDACTED"],
  ["a=1;token=b;c=d&e=f", "a=1;token=REDACTED&e=f"],
  ["token=a;b&c=d", "token=REDACTED&c=d"],
  ["__proto__=1&constructor=2", "__proto__=1&constructor=2"],
])("%j becomes %j (R-L6)", (query, redacted) => {
  expect(redactQuery(query, names)).toBe(redacted);
});

test("a query with nothing to hide is the same string (R-L6)", () => {
  const query = "page=2&sort=name";
  expect(redactQuery(query, names)).toBe(query);
});

test("the value of a listed name never comes through, and nothing else is lost (R-L6)", () => {
  const value = fc.stringMatching(/^[a-z0-9%+=;[\]?.]{0,12}$/);
  const plain = fc.tuple(fc.stringMatching(/^[xyz]{1,4}%?$/), fc.stringMatching(/^[a-z0-9%+]{0,12}$/));
  const secret = fc.tuple(
    fc.constantFrom(...standard, "token", "pass%77ord", "API-KEY", "u[code]", "tenant_key"),
    value,
  );
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          plain.map(([key, text]) => [key, text, false] as const),
          secret.map(([key, text]) => [key, text, true] as const),
        ),
      ),
      (pairs) => {
        const query = pairs.map(([key, text]) => `${key}=${text}`).join("&");
        const expected = pairs.map(([key, text, isSecret]) => `${key}=${isSecret ? "REDACTED" : text}`).join("&");
        expect(redactQuery(query, names)).toBe(expected);
      },
    ),
  );
});

test("no query makes it throw (R-L6)", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.string({ unit: fc.constantFrom("%", "=", "&", ";", "[", "+", "t", "o", "4") }),
      ),
      (query) => {
        expect(typeof redactQuery(query, names)).toBe("string");
      },
    ),
  );
});

test("64 KB of any one separator are read through (R-L6)", () => {
  for (const unit of ["&", ";", "=", "%", "[", "+", "%74", ";=", "=;", "a[", "%5B"]) {
    const query = unit.repeat(65_536 / unit.length);
    expect(redactQuery(`${query}&token=a`, names)).toBe(`${query}&token=REDACTED`);
  }
});

test.each(["%=&", "%80=&", "%zz=1&", "a%=b&", "%C3%A4=;", "+%=&", "[%]=&", "%"])(
  "a query of %j costs about what a plain one of its length does (A4)",
  (unit) => {
    const [hostile, plain] = quickestMs([unit, "page=12&sort=name&"].map((one) => one.repeat(15_360 / one.length)));
    expect(hostile).toBeLessThan(25 * (plain ?? 0) + 0.2);
  },
);

test("of a long query no more is looked at than will be shown, and what is shown is the same (A4)", () => {
  const part = fc.constantFrom("token=abc", "a=1", "%=", "code=x;y", "t%6fken=1", "&", "password", "a;sid=2");
  fc.assert(
    fc.property(fc.array(part, { maxLength: 40 }), fc.nat(120), (parts, shown) => {
      const query = parts.join("&");
      const whole = redactQuery(query, names);
      const cut = redactQuery(query, names, shown);
      expect(cut.slice(0, shown)).toBe(whole.slice(0, shown));
      expect(cut.length > shown).toBe(whole.length > shown);
    }),
  );
  const endless = `${"a=1&".repeat(300)}${"%=&".repeat(200_000)}`;
  const [long, short] = quickestMs([endless, endless.slice(0, 2_000)], 1_024);
  expect(long).toBeLessThan(40 * (short ?? 0) + 0.2);
});

/** The quickest of many turns of each: on a busy machine the others tell of its neighbours. */
function quickestMs(queries: readonly string[], shown?: number): number[] {
  const times = queries.map((): number[] => []);
  for (let round = 0; round < 31; round++) {
    for (const [i, query] of queries.entries()) {
      const began = performance.now();
      redactQuery(query, names, shown);
      times[i]?.push(performance.now() - began);
    }
  }
  return times.map((all) => Math.min(...all));
}
