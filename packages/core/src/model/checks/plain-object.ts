import { OptionError, wrongValue } from "./option-error.ts";
import { quoteValue } from "./quote-value.ts";

/** Names that reach an object's prototype when they are assigned somewhere. */
const forbiddenNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export function isForbiddenName(name: string): boolean {
  return forbiddenNames.has(name);
}

/**
 * The members of a plain object, as pairs, members that are `undefined` left out.
 *
 * Plain means made by `{}` or without a prototype, in any realm: what an instance inherits would be ignored in silence. Throws
 * an `OptionError` for anything else, for symbols, for names that reach a prototype and for getters that throw.
 */
export function membersOf(value: unknown, option: string, expectation: string): [name: string, value: unknown][] {
  const members: [string, unknown][] = [];
  for (const key of keysOf(value, option, expectation)) {
    if (typeof key === "symbol")
      throw new OptionError(option, `Unknown option in "${option}": a symbol.`, { code: "GSM_OPTION_UNKNOWN" });
    if (isForbiddenName(key)) {
      throw new OptionError(
        option,
        `"${option}" has a member "${key}", which is refused: it can reach the prototype of every object.`,
        { code: "GSM_OPTION_REFUSED" },
      );
    }
    const member = read(value as object, key, option);
    if (member !== undefined) members.push([key, member]);
  }
  return members;
}

/** A proxy's traps may throw at any look. */
function keysOf(value: unknown, option: string, expectation: string): (string | symbol)[] {
  try {
    if (isPlainObject(value)) return Reflect.ownKeys(value);
  } catch (cause) {
    throw new OptionError(option, `"${option}" could not be read: reading it threw.`, {
      code: "GSM_OPTION_UNREADABLE",
      cause,
    });
  }
  throw wrongValue(option, expectation, quoteValue(value), "GSM_OPTION_TYPE");
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function read(source: object, key: string, option: string): unknown {
  try {
    return (source as Record<string, unknown>)[key];
  } catch (cause) {
    throw new OptionError(option, `Member "${key}" of "${option}" could not be read: its getter threw.`, {
      code: "GSM_OPTION_UNREADABLE",
      cause,
    });
  }
}
