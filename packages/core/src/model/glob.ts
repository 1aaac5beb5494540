/** A pattern with `*` for any run of characters, ready to be compared. */
export interface Glob {
  readonly pattern: string;
  /** Whether the whole text fits. Takes time linear in the text, whatever the pattern: it never goes back. */
  matches(text: string): boolean;
}

const maxPatternLength = 256;
/** What only a regular expression means something by. */
const expressionOnly = /[\\^$()[\]{}|?+]/;

/**
 * Reads a pattern: literal but for `*`, and `.*` is taken as `*`. Undefined for one that is empty, longer than 256 characters, or an
 * expression of any other kind.
 */
export function parseGlob(pattern: unknown): Glob | undefined {
  if (typeof pattern !== "string" || pattern === "" || pattern.length > maxPatternLength) return undefined;
  if (expressionOnly.test(pattern)) return undefined;
  const parts = pattern.replaceAll(".*", "*").split("*");
  const [first = ""] = parts;
  if (parts.length === 1) return { pattern, matches: (text) => text === first };
  const last = parts.at(-1) ?? "";
  const between = parts.slice(1, -1).filter((part) => part !== "");
  return { pattern, matches: (text) => fits(text, first, between, last) };
}

/** The leftmost place of each part is as good as any other, so nothing is tried twice. */
function fits(text: string, first: string, between: readonly string[], last: string): boolean {
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of between) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
