import { redactedValue } from "./attribute-names.ts";
import { isSensitiveName, type SensitiveNames, sensitiveNames } from "./redact-query.ts";
import { redactUrl } from "./redact-url.ts";

/** A header that goes on spans. */
export interface CapturedHeader {
  /** In lower case. */
  readonly name: string;
  /** The attribute it becomes. */
  readonly key: string;
  /** What of it is not told: all, the values of its cookies, or what is secret in a URL. */
  readonly hides: "all" | "cookies" | "secretsOfUrls";
}

/** As of query parameters; but `code` is a secret of OAuth in a URL, and in the name of a header a number of some kind. */
const secretNames = sensitiveNames(["authentication-info"], ["code"]);
const cookieHeaders: ReadonlySet<string> = new Set(["cookie", "set-cookie"]);

/** Prepares the headers of one direction. `secret` are further headers whose values are not told, in lower case. */
export function capturedHeaders(
  direction: "request" | "response",
  names: readonly string[],
  secret: readonly string[] = [],
): readonly CapturedHeader[] {
  const hidesOf = (name: string): CapturedHeader["hides"] => {
    if (cookieHeaders.has(name) && !secret.includes(name)) return "cookies";
    return secret.includes(name) || isSensitiveName(name, secretNames) ? "all" : "secretsOfUrls";
  };
  return names.map((name) => ({ name, key: `http.${direction}.header.${name}`, hides: hidesOf(name) }));
}

/**
 * What a span tells of one value of a header.
 *
 * @param shown Characters that will be shown. Of what is longer no more is looked at, and one more is told, so that it is seen to be cut.
 */
export function shownHeader(
  header: CapturedHeader,
  value: string,
  sensitive: SensitiveNames,
  shown: number = Infinity,
): string {
  switch (header.hides) {
    case "all":
      return redactedValue;
    case "cookies":
      return header.name === "cookie" ? redactCookies(value, shown) : redactSetCookie(value);
    default:
      return redactUrl(value, sensitive, shown);
  }
}

/** The names of the cookies stay. A part without a name is all value. */
function redactCookies(value: string, shown: number): string {
  let result = "";
  for (let start = 0; start <= value.length && result.length <= shown;) {
    const semicolon = value.indexOf(";", start);
    const end = semicolon === -1 ? value.length : semicolon;
    result += (start === 0 ? "" : "; ") + redactPair(value.slice(start, end));
    start = end + 1;
  }
  return result;
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
