import { redactedValue } from "./attribute-names.ts";

/** From the OpenTelemetry HTTP conventions, which compare with regard to case. */
const signedUrlNames = [
  "X-Amz-Signature",
  "X-Amz-Credential",
  "X-Amz-Security-Token",
  "AWSAccessKeyId",
  "Signature",
  "sig",
  "X-Goog-Signature",
];

/** Ours: without regard to case, hyphens and underscores, so that `api_key` is `apiKey` and `X-API-Key` is `x_api_key`. */
const secretNames = [
  "token",
  "accesstoken",
  "refreshtoken",
  "idtoken",
  "authtoken",
  "csrftoken",
  "sessiontoken",
  "password",
  "passwd",
  "pwd",
  "passphrase",
  "secret",
  "clientsecret",
  "code",
  "apikey",
  "xapikey",
  "accesskey",
  "privatekey",
  "authorization",
  "auth",
  "jwt",
  "credential",
  "credentials",
  "cookie",
  "session",
  "sessionid",
  "sid",
];

const equals = 61;
const semicolon = 59;
const nested = /[[\].?\s]/;
const separators = /[-_]/g;

/** The names of query parameters whose values are not told, ready to be compared. Made once by {@link sensitiveNames}. */
export interface SensitiveNames {
  /** Compared as they are. */
  readonly exact: ReadonlySet<string>;
  /** In lower case without hyphens and underscores; compared to a name in the same form. */
  readonly folded: ReadonlySet<string>;
}

/** The built-in names and the user's own, which are compared without regard to case, hyphens and underscores. */
export function sensitiveNames(extra: readonly string[] = []): SensitiveNames {
  return {
    exact: new Set(signedUrlNames),
    folded: new Set([...secretNames, ...extra.map(fold).filter((name) => name !== "")]),
  };
}

/**
 * The query with the value of every sensitive parameter replaced by `REDACTED`; the same string when there is none.
 *
 * Names are compared as they were sent and percent-decoded, with or without broken escapes, and part by part: `user[password]`, `auth.token`.
 * A semicolon separates parameters too, as some parsers have it. Takes time linear in the length.
 */
export function redactQuery(query: string, names: SensitiveNames): string {
  let result = "";
  let copied = 0;
  let start = 0;
  while (start < query.length) {
    const ampersand = query.indexOf("&", start);
    const end = ampersand === -1 ? query.length : ampersand;
    const value = sensitiveValueStart(query, start, end, names);
    if (value !== -1) {
      result += query.slice(copied, value) + redactedValue;
      copied = end;
    }
    start = end + 1;
  }
  return copied === 0 ? query : result + query.slice(copied);
}

/** Where in one parameter, up to its ampersand, the first sensitive value begins; -1 when nothing in it is sensitive. */
function sensitiveValueStart(query: string, start: number, end: number, names: SensitiveNames): number {
  let keyStart = start;
  let keyEnd = -1;
  for (let i = start; i <= end; i++) {
    const code = i === end ? semicolon : query.charCodeAt(i);
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
  if (hasSensitivePart(key, names)) return true;
  if (!key.includes("%") && !key.includes("+")) return false;
  return hasSensitivePart(decode(key.replaceAll("+", " ")), names);
}

function hasSensitivePart(key: string, names: SensitiveNames): boolean {
  for (const part of key.split(nested)) {
    if (part !== "" && (names.exact.has(part) || names.folded.has(fold(part)))) return true;
  }
  return false;
}

function fold(name: string): string {
  return name.toLowerCase().replace(separators, "");
}

/** Percent-decodes what can be decoded, and leaves the rest as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.replace(/%[0-7][0-9a-f]/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
  }
}
