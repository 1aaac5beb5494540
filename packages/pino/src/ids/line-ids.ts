import type { SpanIdentity } from "@gossamer/core";
import { type Logger, pino } from "pino";
import type { Fields, FieldStyle } from "../fields/field-style.ts";
import { flat } from "../flat.ts";
import { isRequestLine, requestLineIds } from "../request-line-fields.ts";

const { symbols } = pino;

type Serializer = (value: unknown) => unknown;
/** Answers JSON; undefined for a value that is left out. */
type Stringifier = (value: unknown, safe: unknown) => string | undefined;
type AsJson = (this: Insides, fields: object, message: unknown, level: number, time: string) => string;

/** What pino has in a logger, and shows by its `symbols`. */
interface Insides {
  [symbols.asJsonSym]: AsJson;
  [symbols.chindingsSym]: string;
  readonly [symbols.formattersSym]: { readonly log?: ((fields: object) => object) | undefined };
  readonly [symbols.nestedKeySym]: string | null | undefined;
  readonly [symbols.serializersSym]: Readonly<Record<PropertyKey, Serializer | undefined>>;
  readonly [symbols.stringifiersSym]: Readonly<Record<PropertyKey, Stringifier | undefined>>;
  readonly [symbols.stringifySafeSym]: unknown;
}

/** The loggers' functions that write ids. */
const carrying = new WeakSet<AsJson>();

/** Whether a logger writes the ids of its lines at their top level. */
export function carriesIds(logger: Logger): boolean {
  return carrying.has((logger as unknown as Insides)[symbols.asJsonSym]);
}

/**
 * Has a logger, and the children it will have, write the ids of the active span at the top level of each line, whatever the service does with the
 * rest: nesting and formatters do not see them. A field or binding of the service's that has such a name takes its place; serializers and redaction
 * hold.
 *
 * They follow the time: what a line is, who wrote it and its fields are then put together by pino as ever.
 */
export function carryIds(logger: Logger, style: FieldStyle, active: () => SpanIdentity | undefined): void {
  const insides = logger as unknown as Insides;
  const asJson = insides[symbols.asJsonSym];
  const ids = new IdText(style);
  insides[symbols.chindingsSym] = flat(insides[symbols.chindingsSym]);
  function asJsonWithIds(this: Insides, fields: object, message: unknown, level: number, time: string): string {
    const identity = isRequestLine(fields) ? requestLineIds() : active();
    if (identity === undefined) return asJson.call(this, fields, message, level, time);
    const formatters = this[symbols.formattersSym];
    if (formatters.log === undefined)
      return asJson.call(this, fields, message, level, time + ids.of(this, identity, fields));
    // What becomes of the fields is known before the line begins.
    const formatted = formatters.log(fields);
    const formattedAlready = Object.create(this, {
      [symbols.formattersSym]: { value: { ...formatters, log: undefined } },
    }) as Insides;
    return asJson.call(formattedAlready, formatted, message, level, time + ids.of(this, identity, formatted));
  }
  carrying.add(asJsonWithIds);
  insides[symbols.asJsonSym] = asJsonWithIds;
}

/** The text of the ids on lines of a logger and its children, remembered as long as it stays the same. */
class IdText {
  readonly #style: FieldStyle;
  readonly #names: readonly string[];
  #identity: SpanIdentity | undefined = undefined;
  #text = "";
  #serializers: unknown = undefined;
  #stringifiers: unknown = undefined;
  #bindings = "";
  /** Whether serializers, redaction and bindings leave the ids as they are. */
  #areLeft = false;

  constructor(style: FieldStyle) {
    this.#style = style;
    this.#names = Object.keys(style.trace("0", "0", 0));
  }

  of(logger: Insides, identity: SpanIdentity, fields: object): string {
    const isNested = (logger[symbols.nestedKeySym] ?? "") !== "";
    if (!this.#leaves(logger) || (!isNested && this.#names.some((name) => has(fields, name))))
      return this.#eachOf(logger, identity, isNested ? {} : fields);
    if (identity !== this.#identity) {
      this.#identity = identity;
      this.#text = plainText(this.#fieldsOf(identity));
    }
    return this.#text;
  }

  #leaves(logger: Insides): boolean {
    const serializers = logger[symbols.serializersSym];
    const stringifiers = logger[symbols.stringifiersSym];
    const bindings = logger[symbols.chindingsSym];
    if (serializers !== this.#serializers || stringifiers !== this.#stringifiers || bindings !== this.#bindings) {
      this.#serializers = serializers;
      this.#stringifiers = stringifiers;
      this.#bindings = bindings;
      this.#areLeft =
        stringifiers[symbols.wildcardFirstSym] === undefined &&
        this.#names.every(
          (name) =>
            serializers[name] === undefined && stringifiers[name] === undefined && !bindings.includes(`"${name}":`),
        );
    }
    return this.#areLeft;
  }

  /** As pino writes fields. */
  #eachOf(logger: Insides, identity: SpanIdentity, fields: object): string {
    const serializers = logger[symbols.serializersSym];
    const stringifiers = logger[symbols.stringifiersSym];
    const bound = JSON.parse(`{${logger[symbols.chindingsSym].slice(1)}}`) as object;
    let text = "";
    for (const [name, value] of Object.entries(this.#fieldsOf(identity))) {
      if (has(fields, name) || has(bound, name)) continue;
      const serialized = serializers[name] === undefined ? value : serializers[name](value);
      const stringifier = stringifiers[name] ?? stringifiers[symbols.wildcardFirstSym] ?? stringify;
      const json = stringifier(serialized, logger[symbols.stringifySafeSym]);
      if (json !== undefined) text += `,"${name}":${json}`;
    }
    return text;
  }

  #fieldsOf({ traceId, spanId, traceFlags }: SpanIdentity): Fields {
    return this.#style.trace(traceId, spanId, traceFlags);
  }
}

function has(fields: object | null | undefined, name: string): boolean {
  return (fields as Fields | null | undefined)?.[name] !== undefined && Object.hasOwn(fields as object, name);
}

function stringify(value: unknown): string | undefined {
  return JSON.stringify(value);
}

/** Names and ids have nothing in them that JSON must escape. */
function plainText(fields: Fields): string {
  let text = "";
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    text += typeof value === "string" ? `,"${name}":"${value}"` : `,"${name}":${JSON.stringify(value)}`;
  }
  return text;
}
