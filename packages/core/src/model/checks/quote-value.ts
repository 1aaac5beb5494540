const maxTextLength = 80;

/**
 * A value as a message shows it: text in single quotes, `NaN` as NaN, anything with members by its kind only.
 *
 * Safe in one line of a terminal: control characters are escaped, text is cut after 80 characters, and the user part of a URL is
 * masked. Never calls into the value.
 */
export function quoteValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return `'${plainText(value)}'`;
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "boolean":
    case "undefined":
      return String(value);
    case "bigint":
      return "a bigint";
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    default:
      return value === null ? "null" : Array.isArray(value) ? "an array" : "an object";
  }
}

/** Text that cannot break out of its line: cut, control characters and line separators escaped, credentials of a URL masked. */
export function plainText(text: string): string {
  const cut = text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
  let plain = "";
  for (const character of maskCredentials(cut, text)) {
    const code = character.codePointAt(0) ?? 0;
    plain += isUnsafe(code) ? `\\u${code.toString(16).padStart(4, "0")}` : character;
  }
  return plain;
}

// The whole text is asked for the "@", so that a cut in the middle of a password does not bring it to light.
function maskCredentials(cut: string, whole: string): string {
  const start = whole.indexOf("//");
  if (start === -1) return cut;
  const at = whole.lastIndexOf("@");
  return at <= start ? cut : `${cut.slice(0, start)}//…${at + 1 > maxTextLength ? "" : cut.slice(at)}`;
}

function isUnsafe(code: number): boolean {
  return (
    code < 32 ||
    (code >= 0x7f && code < 0xa0) ||
    code === 0x2028 ||
    code === 0x2029 ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    (code >= 0xd800 && code <= 0xdfff)
  );
}
