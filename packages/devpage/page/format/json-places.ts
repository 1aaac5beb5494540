// JSON with the line of each value, so that what is wrong with an option can be said where it stands.

export interface JsonPlaces {
  readonly value: unknown;
  /** The line, from 0, on which a value begins, by its dotted name: `rules[2].ratio`. */
  readonly lines: ReadonlyMap<string, number>;
}

/** Text that is no JSON, and where. */
export class JsonError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

const space = /[ \t\r\n]*/y;
const scalar = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const maxDepth = 64;

/** @throws JsonError */
export function jsonPlaces(text: string): JsonPlaces {
  const lines = new Map<string, number>();
  let at = 0;

  const lineAt = (offset: number): number => text.slice(0, offset).split("\n").length - 1;
  const fail = (what: string): never => {
    const found = at >= text.length ? "the end" : `“${text.slice(at, at + 12).split("\n")[0] ?? ""}”`;
    throw new JsonError(`Here should be ${what}, not ${found}.`, lineAt(at));
  };
  const skip = (): void => {
    space.lastIndex = at;
    space.exec(text);
    at = space.lastIndex;
  };
  const takes = (mark: string): boolean => {
    skip();
    if (text[at] !== mark) return false;
    at++;
    return true;
  };
  const word = (what: string): unknown => {
    skip();
    scalar.lastIndex = at;
    const found = scalar.exec(text)?.[0];
    if (found === undefined) return fail(what);
    try {
      const value: unknown = JSON.parse(found);
      at += found.length;
      return value;
    } catch {
      return fail(what);
    }
  };
  const members = (end: string, member: (i: number) => void): void => {
    if (takes(end)) return;
    for (let i = 0; ; i++) {
      member(i);
      if (takes(end)) return;
      if (!takes(",")) fail(`a comma or “${end}”`);
    }
  };
  const read = (name: string, depth: number): unknown => {
    skip();
    if (depth > maxDepth) fail("less in each other");
    lines.set(name, lineAt(at));
    if (takes("{")) {
      const object: Record<string, unknown> = {};
      members("}", () => {
        skip();
        if (text[at] !== '"') fail("a name in quotes");
        const key = String(word("a name in quotes"));
        if (!takes(":")) fail("a colon");
        Object.defineProperty(object, key, {
          value: read(name === "" ? key : `${name}.${key}`, depth + 1),
          enumerable: true,
          writable: true,
          configurable: true,
        });
      });
      return object;
    }
    if (takes("[")) {
      const array: unknown[] = [];
      members("]", (i) => array.push(read(`${name}[${i}]`, depth + 1)));
      return array;
    }
    return word("a value");
  };

  const value = read("", 0);
  skip();
  if (at < text.length) fail("the end");
  return { value, lines };
}

/** The line of an option, or of the nearest one around it that is in the text. */
export function lineOf(option: string, lines: ReadonlyMap<string, number>): number | undefined {
  let name = option;
  for (;;) {
    const line = lines.get(name);
    if (line !== undefined) return line;
    const cut = Math.max(name.lastIndexOf("."), name.lastIndexOf("["));
    if (cut <= 0) return undefined;
    name = name.slice(0, cut);
  }
}
