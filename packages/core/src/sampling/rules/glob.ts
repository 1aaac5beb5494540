/** A text in which `*` stands for any text, none included; every other character stands for itself. */
export class Glob {
  readonly text: string;
  /** Whether it has no `*`, so that it matches one text alone. */
  readonly isLiteral: boolean;
  readonly #parts: readonly string[];

  constructor(text: string) {
    this.text = text;
    this.#parts = text.split("*");
    this.isLiteral = this.#parts.length === 1;
  }

  /** Looks for each part once, from the left, without going back. */
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
