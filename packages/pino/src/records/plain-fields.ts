import type { LogContent } from "@gossamer/core";
import { type Logger, pino } from "pino";

export type Fields = Record<string, unknown>;

type LogPairs = NonNullable<LogContent["pairs"]>;

const { symbols } = pino;

/** What a logger may do to the fields of a line. */
interface Insides {
  readonly [symbols.formattersSym]: { readonly log?: unknown };
  readonly [symbols.hooksSym]: { readonly streamWrite?: unknown };
  readonly [symbols.nestedKeySym]: string | null | undefined;
  readonly [symbols.serializersSym]: object;
  readonly [symbols.stringifiersSym]: object;
}

/** What pino was given to write. */
export interface LoggedLine {
  readonly logger: Logger;
  readonly fields: unknown;
  readonly message: unknown;
}

/** What is known of a logger's bindings. */
export interface BoundNames {
  readonly keys: ReadonlySet<string>;
  /** By place, the name of a field that was there last, is an attribute and none of the bindings: lines of one kind have the same ones. */
  readonly places: string[];
}

/** What a line says besides its bindings. */
interface PlainLine {
  readonly pairs: LogPairs;
  readonly message: unknown;
}

/** Names that are something else than an attribute. */
export interface SpecialNames {
  readonly messageKey: string;
  readonly errorKey: string;
  readonly omitted: ReadonlySet<string>;
}

/** Of the names that are remembered; those behind them are looked up each time. */
const maxPlaces = 32;

/** Takes the fields of a line from the object that was logged, where the text of the line says just these. */
export class PlainFields {
  readonly #names: SpecialNames;
  /** What was last found to look at no field but an error: a logger shares it with most of its children. */
  #last: Logger | undefined;
  #serializers: object | undefined;
  #stringifiers: object | undefined;

  constructor(names: SpecialNames) {
    this.#names = names;
  }

  /**
   * The fields, where nothing of the service's looked at them, each is a text, a number, a boolean or null, and none has the name of a binding; else
   * undefined. Reading the text back would cost most of what a record does.
   */
  read({ logger, fields, message }: LoggedLine, bound: BoundNames): PlainLine | undefined {
    if (logger !== this.#last && !this.#isLeft(logger)) return undefined;
    this.#last = logger;
    if (!isPlain(fields) || !(message === undefined || isPair(message))) return undefined;
    try {
      return this.#read(fields, message, bound);
    } catch {
      // A getter that throws: what pino made of it is in the text.
      return undefined;
    }
  }

  #read(fields: Fields, message: unknown, { keys, places }: BoundNames): PlainLine | undefined {
    const { messageKey, errorKey, omitted } = this.#names;
    const pairs: LogPairs = [];
    let own: unknown;
    for (const key in fields) {
      const value = fields[key];
      if (value === undefined) continue;
      const place = pairs.length >> 1;
      const isKnown = places[place] === key;
      if (!isPair(value) || (!isKnown && (key === errorKey || key === "err" || keys.has(key)))) return undefined;
      if (!isKnown && omitted.has(key)) {
        if (key === messageKey) own = value;
        continue;
      }
      if (!isKnown && place < maxPlaces) places[place] = key;
      pairs.push(key, value);
    }
    return { pairs, message: message === undefined ? own : message };
  }

  /** Whether neither formatters, serializers nor what redacts look at the fields of a line but for its error. */
  #isLeft(logger: Logger): boolean {
    const insides = logger as unknown as Insides;
    if (insides[symbols.formattersSym].log || insides[symbols.hooksSym].streamWrite || insides[symbols.nestedKeySym])
      return false;
    const serializers = insides[symbols.serializersSym];
    const stringifiers = insides[symbols.stringifiersSym];
    if (serializers === this.#serializers && stringifiers === this.#stringifiers) return true;
    if (this.#look(serializers) || this.#look(stringifiers)) return false;
    this.#serializers = serializers;
    this.#stringifiers = stringifiers;
    return true;
  }

  #look(lookup: object): boolean {
    const { errorKey } = this.#names;
    return Reflect.ownKeys(lookup).some((key) => key !== "err" && key !== errorKey);
  }
}

function isPlain(given: unknown): given is Fields {
  const prototype: unknown = typeof given === "object" && given ? Object.getPrototypeOf(given) : undefined;
  return prototype === Object.prototype || prototype === null;
}

/** JSON has no numbers that are not finite; of anything else, serializers may make what they like. */
function isPair(value: unknown): value is LogPairs[number] {
  return value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}
