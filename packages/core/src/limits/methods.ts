/** Stands for every method outside the list, so that a client cannot make series or span names. */
const otherMethod = "_OTHER";

const standardMethods = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY"];

/**
 * The methods that get a name of their own; all others share index 0, `_OTHER`.
 *
 * Methods are case-sensitive (RFC 9110): `get` is not `GET`.
 */
export class MethodTable {
  /** Names by index, `_OTHER` first. */
  readonly names: readonly string[];
  readonly #indexes = new Map<string, number>();
  #lastMethod = otherMethod;
  #lastIndex = 0;

  /** @param known takes the place of the standard list: RFC 9110, PATCH and QUERY. */
  constructor(known: readonly string[] = standardMethods) {
    const names = [otherMethod];
    for (const method of known) {
      if (method === otherMethod || this.#indexes.has(method)) continue;
      this.#indexes.set(method, names.length);
      names.push(method);
    }
    this.names = names;
  }

  /** The place of a method in `names`; 0 for one that is not known. */
  index(method: string): number {
    // Most requests have the method of the one before.
    if (method === this.#lastMethod) return this.#lastIndex;
    const index = this.#indexes.get(method);
    if (index === undefined) return 0;
    this.#lastMethod = method;
    this.#lastIndex = index;
    return index;
  }

  /** The method itself when it is known, else `_OTHER`. */
  name(method: string): string {
    return this.#indexes.has(method) ? method : otherMethod;
  }
}

/** The standard methods. */
const methods = new MethodTable();

/** Names by index, `_OTHER` first. */
export const methodNames: readonly string[] = methods.names;

/** The place of a method in {@link methodNames}; 0 for one that is not known. */
export function methodIndex(method: string): number {
  return methods.index(method);
}
