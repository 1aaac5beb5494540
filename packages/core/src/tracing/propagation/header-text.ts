/** Whether Node accepts the text as a header's value: tabs, printable ASCII, Latin 1. Anything else throws inside the service's request. */
export function isHeaderValue(value: unknown): value is string {
  if (typeof value !== "string") return false;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code !== 9 && (code < 32 || code === 127 || code > 255)) return false;
  }
  return true;
}

/** Whether the text is an HTTP token (RFC 9110): a header's name, or a key of baggage. */
export function isToken(text: unknown): text is string {
  if (typeof text !== "string" || text === "") return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 32 || code >= 127 || separators.has(code)) return false;
  }
  return true;
}

const separators: ReadonlySet<number> = new Set(
  Array.from('"(),/:;<=>?@[\\]{}', (character) => character.charCodeAt(0)),
);
