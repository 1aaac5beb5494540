import { redactedValue } from "./attribute-names.ts";
import { redactQuery, type SensitiveNames } from "./redact-query.ts";

/** What ends the part of a URL in which a user and password may stand, wherever in a text the URL is. */
const endsAuthority = /[/?#\\\s<>"']/;
const beginsParameters = /[?#]/;

/**
 * A text without the secrets of the URLs in it: the values of sensitive parameters in query and fragment, and user and password. The same string
 * when there is none. Takes time linear in the length.
 *
 * Of a text that is longer than what is shown of it no more is read than that.
 *
 * Any header may hold a URL, by itself (`referer`, `location`) or among other things (`link`, `refresh`).
 */
export function redactUrl(text: string, names: SensitiveNames, shown: number = Infinity): string {
  return redactParameters(text.includes("@") ? redactUsers(text) : text, names, shown);
}

/** `https://user:password@host` becomes `https://REDACTED:REDACTED@host`, as the conventions have it. */
function redactUsers(text: string): string {
  let result = "";
  let copied = 0;
  let slashes = text.indexOf("//");
  while (slashes !== -1) {
    const start = slashes + 2;
    const length = text.slice(start).search(endsAuthority);
    const end = length === -1 ? text.length : start + length;
    const authority = text.slice(start, end);
    const at = authority.lastIndexOf("@");
    if (at !== -1) {
      const hasPassword = authority.slice(0, at).includes(":");
      result += text.slice(copied, start) + (hasPassword ? `${redactedValue}:${redactedValue}` : redactedValue);
      copied = start + at;
    }
    slashes = text.indexOf("//", end);
  }
  return copied === 0 ? text : result + text.slice(copied);
}

/** Each part behind a `?` or `#` is read as parameters: a fragment may have a query of its own, and a parameter may be a URL. */
function redactParameters(text: string, names: SensitiveNames, shown: number): string {
  const first = text.search(beginsParameters);
  if (first === -1) return text;
  let result = text.slice(0, first);
  for (let start = first; start < text.length && result.length <= shown;) {
    const more = text.slice(start + 1).search(beginsParameters);
    const end = more === -1 ? text.length : start + 1 + more;
    result += text.charAt(start) + redactQuery(text.slice(start + 1, end), names, shown);
    start = end;
  }
  return result === text ? text : result;
}
