const maxNameLength = 256;
/** What only a regular expression means something by. */
const expressionOnly = /[\\^$()[\]{}|?+]/;

/**
 * A text in which `*` stands for any text, none and slashes included, and every other character for itself. `.*`, as regular expressions write it,
 * is taken as `*`. The same in rules, filters, redaction and baggage.
 */
export class Glob {
  /** With every `.*` as `*`. */
  readonly text: string;
  /** Whether it has no `*`, so that it matches one text alone. */
  readonly isLiteral: boolean;
  readonly #parts: readonly string[];

  constructor(pattern: string) {
    this.text = pattern.replaceAll(".*", "*");
    this.#parts = this.text.split("*");
    this.isLiteral = this.#parts.length === 1;
  }

  /** Whether the whole text fits. Looks for each part once, from the left, without going back: it takes time linear in the text, whatever the pattern. */
  matches(text: string): boolean {
    const parts = this.#parts;
    const first = parts[0]!;
    if (this.isLiteral) return text === first;
    const last = parts.at(-1)!;
    const end = text.length - last.length;
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let at = first.length;
    for (let i = 1; i < parts.length - 1; i++) {
      const part = parts[i]!;
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  }

  /** Whether it matches all that the other matches: a `*` of the other is a character that only a `*` can stand for. */
  covers(other: Glob): boolean {
    return this.isLiteral ? other.isLiteral && this.text === other.text : this.matches(other.text);
  }
}

/**
 * The glob of a pattern for names, of attributes or baggage. They hold nothing of what regular expressions are made of, so that one is told from
 * a name: undefined for it, as for a pattern that is empty or longer than 256 characters.
 */
export function nameGlob(pattern: unknown): Glob | undefined {
  if (typeof pattern !== "string" || pattern === "" || pattern.length > maxNameLength) return undefined;
  return expressionOnly.test(pattern) ? undefined : new Glob(pattern);
}
