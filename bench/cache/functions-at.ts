/** A function as V8 names it in its map of code. */
export interface GeneratedFunction {
  readonly name: string;
  /** The URL of the module it is written in; empty for what is not of a module. */
  readonly file: string;
}

const entry = /^([0-9a-f]+) ([0-9a-f]+) (.*)$/;
/** `JS:*name file:///module.js:12:34`; the sign is the compiler. */
const scripted = /^JS:[*+^~']*(\S*) (\S+?)(?::\d+)*$/;

/**
 * Whose code lies at each of the addresses, by the map that `--perf-basic-prof` writes.
 *
 * V8 uses memory again: of entries that lie over each other the later one holds.
 */
export function functionsAt(addresses: Iterable<number>, map: string): Map<number, GeneratedFunction> {
  const ascending = [...new Set(addresses)].sort((a, b) => a - b);
  const found = new Map<number, GeneratedFunction>();
  for (const line of map.split("\n").toReversed()) {
    const [, start, size, name = ""] = entry.exec(line) ?? [];
    if (start === undefined) continue;
    const begin = Number.parseInt(start, 16);
    const end = begin + Number.parseInt(size!, 16);
    for (let i = firstFrom(begin, ascending); i < ascending.length && ascending[i]! < end; i++) {
      if (!found.has(ascending[i]!)) found.set(ascending[i]!, functionOf(name));
    }
  }
  return found;
}

function functionOf(text: string): GeneratedFunction {
  const [, name = text, file = ""] = scripted.exec(text) ?? [];
  return { name: name === "" ? "(anonymous)" : name, file };
}

/** The index of the first that is not below it. */
function firstFrom(value: number, ascending: readonly number[]): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
