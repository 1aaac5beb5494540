import { redactedValue } from "./attribute-names.ts";
import { redactQuery, type SensitiveNames } from "./redact-query.ts";

/** A header that goes on spans. */
export interface CapturedHeader {
  /** In lower case. */
  readonly name: string;
  /** The attribute it becomes. */
  readonly key: string;
  /** What of it is not told: all, the values of its cookies, or those of a URL's query. */
  readonly hides: "all" | "cookies" | "query" | "nothing";
}

const secretHeaders: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "authentication-info",
  "x-api-key",
  "api-key",
  "x-auth-token",
  "x-access-token",
  "x-csrf-token",
  "x-xsrf-token",
  "x-amz-security-token",
  "x-goog-iap-jwt-assertion",
]);
const cookieHeaders: ReadonlySet<string> = new Set(["cookie", "set-cookie"]);
const urlHeaders: ReadonlySet<string> = new Set(["referer", "location", "content-location"]);

/** Prepares the headers of one direction. `secret` are further headers whose values are not told, in lower case. */
export function capturedHeaders(
  direction: "request" | "response",
  names: readonly string[],
  secret: readonly string[] = [],
): readonly CapturedHeader[] {
  const hidesOf = (name: string): CapturedHeader["hides"] => {
    if (secretHeaders.has(name) || secret.includes(name)) return "all";
    if (cookieHeaders.has(name)) return "cookies";
    return urlHeaders.has(name) ? "query" : "nothing";
  };
  return names.map((name) => ({ name, key: `http.${direction}.header.${name}`, hides: hidesOf(name) }));
}

/** What a span tells of one value of a header. */
export function shownHeader(header: CapturedHeader, value: string, sensitive: SensitiveNames): string {
  switch (header.hides) {
    case "nothing":
      return value;
    case "all":
      return redactedValue;
    case "cookies":
      return header.name === "cookie" ? redactCookies(value) : redactSetCookie(value);
    default:
      return redactUrlQuery(value, sensitive);
  }
}

/** The names of the cookies stay. A part without a name is all value. */
function redactCookies(value: string): string {
  return value.split(";").map(redactPair).join("; ");
}

/** The attributes behind the first part are no secret. */
function redactSetCookie(value: string): string {
  const end = value.indexOf(";");
  return end === -1 ? redactPair(value) : redactPair(value.slice(0, end)) + value.slice(end);
}

function redactPair(pair: string): string {
  const equals = pair.indexOf("=");
  return equals === -1 ? redactedValue : `${pair.slice(0, equals).trim()}=${redactedValue}`;
}

function redactUrlQuery(url: string, sensitive: SensitiveNames): string {
  const query = url.indexOf("?");
  if (query === -1) return url;
  const hash = url.indexOf("#", query);
  const end = hash === -1 ? url.length : hash;
  return url.slice(0, query + 1) + redactQuery(url.slice(query + 1, end), sensitive) + url.slice(end);
}
