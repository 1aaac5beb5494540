import { type Logger, pino } from "pino";

export type Fields = Record<string, unknown>;

const { symbols } = pino;

/** What a logger may do to the fields of a line. */
interface Insides {
  readonly [symbols.formattersSym]: { readonly log?: unknown } | undefined;
  readonly [symbols.hooksSym]: { readonly streamWrite?: unknown } | undefined;
  readonly [symbols.nestedKeySym]: string | null | undefined;
  readonly [symbols.serializersSym]: object | undefined;
  readonly [symbols.stringifiersSym]: object | undefined;
}

/** Whether serializers, or what redacts, look at the fields of a line but for its error. By the object that has them. */
const lookers = new WeakMap<object, boolean>();

/**
 * The fields of a line where its text says just these: nothing of the service's looked at them, and each is a text, a number, a boolean or null. Reading
 * the text back would cost most of what a record does.
 */
export function plainFields(logger: Logger, given: unknown, errorKey: string): Fields | undefined {
  const insides = logger as unknown as Insides;
  if (insides[symbols.formattersSym]?.log !== undefined || insides[symbols.hooksSym]?.streamWrite !== undefined)
    return undefined;
  if ((insides[symbols.nestedKeySym] ?? "") !== "" || typeof given !== "object" || given === null) return undefined;
  if (looks(insides[symbols.serializersSym], errorKey) || looks(insides[symbols.stringifiersSym], errorKey))
    return undefined;
  return arePlain(given, errorKey) ? (given as Fields) : undefined;
}

function arePlain(given: object, errorKey: string): boolean {
  const prototype: unknown = Object.getPrototypeOf(given);
  if (prototype !== Object.prototype && prototype !== null) return false;
  try {
    for (const key in given) {
      if (key === errorKey || key === "err") return false;
      const value = (given as Fields)[key];
      const type = typeof value;
      // JSON has no such numbers.
      if (type === "number" && !Number.isFinite(value)) return false;
      if (type === "object" ? value !== null : type === "function" || type === "bigint") return false;
    }
    return true;
  } catch {
    // A getter that throws: what pino made of it is in the text.
    return false;
  }
}

function looks(lookup: object | undefined, errorKey: string): boolean {
  if (lookup === undefined) return true;
  let known = lookers.get(lookup);
  if (known === undefined) {
    known = Reflect.ownKeys(lookup).some((key) => key !== "err" && key !== errorKey);
    lookers.set(lookup, known);
  }
  return known;
}
