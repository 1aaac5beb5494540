import { redactedValue } from "./attribute-names.ts";
import { percentDecode } from "./percent-decode.ts";

/**
 * In lower case without separators. A name is compared word by word, so that `token` is also `accessToken`, `x-amz-security-token`, `csrf_token`
 * and `user[token]`, and `accesskey` also `AWS_ACCESS_KEY_ID`; but not `tokens`. Those that no separator tells apart stand here in one.
 *
 * Of signed URLs the OpenTelemetry HTTP conventions name X-Amz-Signature, X-Amz-Credential, X-Amz-Security-Token, AWSAccessKeyId, Signature, sig and
 * X-Goog-Signature.
 */
const secretNames = [
  "token",
  "accesstoken",
  "refreshtoken",
  "idtoken",
  "authtoken",
  "csrftoken",
  "xsrftoken",
  "sessiontoken",
  "password",
  "passwd",
  "pwd",
  "passphrase",
  "passcode",
  "secret",
  "secretkey",
  "clientsecret",
  "code",
  "otp",
  "apikey",
  "xapikey",
  "accesskey",
  "accesskeyid",
  "awsaccesskeyid",
  "privatekey",
  "signature",
  "sig",
  "authorization",
  "auth",
  "jwt",
  "assertion",
  "samlresponse",
  "credential",
  "credentials",
  "cookie",
  "session",
  "sessionid",
  "jsessionid",
  "phpsessid",
  "sid",
];

const equals = 61;
const semicolon = 59;

/** The names whose values are not told, ready to be compared. Made once by {@link sensitiveNames}. */
export interface SensitiveNames {
  /** In lower case without separators. */
  readonly folded: ReadonlySet<string>;
  /** All they begin with, so that a name of a thousand words is not tried in every way. */
  readonly beginnings: ReadonlySet<string>;
}

/** The built-in names, but for those that are `allowed`, and the user's own. */
export function sensitiveNames(extra: readonly string[] = [], allowed: readonly string[] = []): SensitiveNames {
  const folded = new Set([
    ...secretNames,
    ...extra.map((name) => wordsOf(name).join("")).filter((name) => name !== ""),
  ]);
  for (const name of allowed) folded.delete(name);
  const beginnings = new Set([...folded].flatMap((name) => Array.from(name, (_, i) => name.slice(0, i + 1))));
  return { folded, beginnings };
}

/** Whether a name has one of the sensitive ones in it, word by word, in any case and with any separators. Takes time linear in its length. */
export function isSensitiveName(name: string, { folded, beginnings }: SensitiveNames): boolean {
  const words = wordsOf(name);
  for (let first = 0; first < words.length; first++) {
    let run = words[first]!;
    for (let next = first + 1; beginnings.has(run); next++) {
      if (folded.has(run)) return true;
      if (next === words.length) break;
      run += words[next]!;
    }
  }
  return false;
}

/**
 * The query with the value of every sensitive parameter replaced by `REDACTED`; the same string when there is none.
 *
 * Names are compared as they were sent and percent-decoded, with or without broken escapes, and word by word: `user[password]`, `authToken`.
 * A semicolon separates parameters too, as some parsers have it. Takes time linear in the length, and of a query that is longer than what is shown
 * of it only looks at that.
 *
 * @param shown Characters that will be shown. What is beyond them is left out, all but the one that tells that there was more.
 */
export function redactQuery(query: string, names: SensitiveNames, shown: number = Infinity): string {
  let result = "";
  let copied = 0;
  let start = 0;
  while (start < query.length) {
    // Where in the query the text ends that will be shown, if nothing more is replaced.
    const limit = copied + shown - result.length;
    if (start > limit) break;
    const ampersand = query.indexOf("&", start);
    const end = ampersand === -1 ? query.length : ampersand;
    const value = sensitiveValueStart(query, start, Math.min(end, limit + 1), names);
    if (value !== -1) {
      result += query.slice(copied, value) + redactedValue;
      copied = end;
    }
    start = end + 1;
  }
  if (copied === 0) return query.length <= shown ? query : query.slice(0, shown + 1);
  return result + query.slice(copied, Math.max(copied, copied + shown + 1 - result.length));
}

/** Where in one parameter the first sensitive value begins; -1 when nothing in it is sensitive. */
function sensitiveValueStart(query: string, start: number, end: number, names: SensitiveNames): number {
  let keyStart = start;
  let keyEnd = -1;
  for (let i = start; i < end; i++) {
    const code = query.charCodeAt(i);
    if (code === equals && keyEnd === -1) {
      keyEnd = i;
      if (isSensitive(query.slice(keyStart, i), names)) return i + 1;
    } else if (code === semicolon) {
      keyStart = i + 1;
      keyEnd = -1;
    }
  }
  return -1;
}

function isSensitive(key: string, names: SensitiveNames): boolean {
  if (isSensitiveName(key, names)) return true;
  const decoded = percentDecode(key);
  return decoded !== key && isSensitiveName(decoded, names);
}

/** The words of a name in lower case: between anything that is no letter or digit, from small to capital letters, and between letters and digits. */
function wordsOf(name: string): string[] {
  const words: string[] = [];
  let start = 0;
  let before: CharKind = "other";
  for (let i = 0; i < name.length; i++) {
    const kind = kindOf(name.charCodeAt(i));
    const begins = kind !== before && !(kind === "small" && before === "capital");
    // The last of several capitals begins the next word: `AWSAccess`.
    const beginsLate = kind === "small" && before === "capital" && i - start > 1;
    if (begins || beginsLate) {
      const end = beginsLate ? i - 1 : i;
      if (before !== "other") words.push(name.slice(start, end).toLowerCase());
      start = end;
    }
    before = kind;
  }
  if (before !== "other") words.push(name.slice(start).toLowerCase());
  return words;
}

type CharKind = "small" | "capital" | "digit" | "other";

function kindOf(code: number): CharKind {
  if (code >= 97 && code <= 122) return "small";
  if (code >= 65 && code <= 90) return "capital";
  if (code >= 48 && code <= 57) return "digit";
  return code > 127 ? "small" : "other";
}
