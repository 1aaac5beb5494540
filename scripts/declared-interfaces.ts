/** One member of an interface, as its source declares it. */
export interface DeclaredMember {
  readonly name: string;
  /** Its type as it is written, on one line. */
  readonly type: string;
  readonly doc: Doc;
}

/** The members of one interface in their order. */
export interface DeclaredInterface {
  readonly name: string;
  readonly doc: Doc;
  readonly members: readonly DeclaredMember[];
}

/** What a TSDoc comment says. */
export interface Doc {
  /** All but the default, in one paragraph. */
  readonly text: string;
  /** The promise: the first sentence. */
  readonly sentence: string;
  /** What stands behind `@default`. */
  readonly defaultText: string | undefined;
}

/**
 * The exported interfaces of a source file, by name.
 *
 * It reads files that hold documented interfaces and little else: members are `name: type;` or `name?: type;`, each with a TSDoc comment that has no tag
 * but `@default`. Throws for anything else, so that nothing is left out in silence.
 */
export function declaredInterfaces(source: string): ReadonlyMap<string, DeclaredInterface> {
  const found = new Map<string, DeclaredInterface>();
  for (const match of source.matchAll(/^export interface (\w+)[^{]*\{/gm)) {
    const name = match[1] ?? "";
    const before = source.slice(0, match.index).trimEnd();
    const comment = before.endsWith("*/") ? before.slice(before.lastIndexOf("/**")) : "";
    const members = readMembers(new Scanner(source, match.index + match[0].length, name));
    found.set(name, { name, doc: readDoc(comment, name), members });
  }
  return found;
}

function readMembers(scanner: Scanner): DeclaredMember[] {
  const members: DeclaredMember[] = [];
  for (;;) {
    scanner.skipSpace();
    if (scanner.take(/\}/y) !== undefined) return members;
    const comment = scanner.take(/\/\*\*.*?\*\//sy) ?? scanner.fail("a TSDoc comment");
    scanner.skipSpace();
    const name = (scanner.take(/\w+\??:/y) ?? scanner.fail("a member")).replace(/\??:$/, "");
    members.push({ name, type: scanner.takeType(), doc: readDoc(comment, name) });
  }
}

class Scanner {
  readonly #source: string;
  readonly #place: string;
  #at: number;

  constructor(source: string, at: number, place: string) {
    this.#source = source;
    this.#at = at;
    this.#place = place;
  }

  skipSpace(): void {
    this.take(/\s*/y);
  }

  /** What a sticky expression finds here; it stands behind it then. */
  take(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at;
    const [text] = expression.exec(this.#source) ?? [];
    this.#at += text?.length ?? 0;
    return text;
  }

  /** All up to the semicolon that ends a member: those inside of brackets and texts do not. */
  takeType(): string {
    const begin = this.#at;
    let depth = 0;
    while (this.#at < this.#source.length) {
      if (this.take(/"(?:[^"\\]|\\.)*"/y) !== undefined) continue;
      const character = this.#source[this.#at] ?? "";
      if (character === ";" && depth === 0) break;
      if ("({[".includes(character)) depth++;
      if (")}]".includes(character)) depth--;
      this.#at++;
    }
    const type = this.#source.slice(begin, this.#at);
    if (this.take(/;/y) === undefined) this.fail("a semicolon");
    return type.replace(/\s+/g, " ").trim();
  }

  fail(expected: string): never {
    const seen = JSON.stringify(this.#source.slice(this.#at, this.#at + 40));
    throw new Error(`Interface ${this.#place}: expected ${expected} at ${seen}.`);
  }
}

function readDoc(comment: string, place: string): Doc {
  const paragraph = comment
    .replace(/^\/\*\*|\*\/$/g, "")
    .replace(/^\s*\*/gm, "")
    .replace(/\s+/g, " ")
    .trim();
  const [text = "", defaultText, ...others] = paragraph.split(/\s?@default /);
  if (others.length > 0 || /(?:^|\s)@\w/.test(`${text} ${defaultText ?? ""}`)) {
    throw new Error(`The documentation of ${place} has a tag other than one @default.`);
  }
  const sentence = /^.*?\.(?= |$)/.exec(text)?.[0];
  if (sentence === undefined) throw new Error(`The documentation of ${place} has no sentence.`);
  return { text, sentence, defaultText };
}
