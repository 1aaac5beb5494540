import { levelNumbers } from "../level-numbers.ts";
import type { LogBlock, LogContent, LogLine, LogRecordSink } from "@gossamer/core";
import type { FieldStyle } from "../fields/field-style.ts";
import { type BoundNames, type Fields, type LoggedLine, PlainFields } from "./plain-fields.ts";

/** How a logger names what it writes. */
export interface LineNames {
  readonly style: FieldStyle;
  readonly messageKey: string;
  readonly errorKey: string;
}

/** Bindings of loggers that are remembered. */
const maxBindings = 256;

/** The names of a line that are said elsewhere in a record. */
const timeKeys = ["time", "@timestamp"];

interface Bindings extends BoundNames {
  readonly block: LogBlock;
}

/** Reads lines of one logger and its children. */
export class LineReader {
  readonly messageKey: string;
  readonly errorKey: string;
  /** Names that become something else than an attribute. */
  readonly omitted: ReadonlySet<string>;
  readonly #style: FieldStyle;
  readonly #plain: PlainFields;
  #base: Readonly<Record<string, unknown>> | undefined;
  readonly #bindings = new Map<string, Bindings | undefined>();
  /** Those of the line before. */
  #last = "";
  #lastKnown: Bindings | undefined = undefined;

  constructor({ style, messageKey, errorKey }: LineNames) {
    this.messageKey = messageKey;
    this.errorKey = errorKey;
    this.#style = style;
    const level = style.pino().formatters?.level?.("info", levelNumbers.info) ?? { level: 30 };
    const ids = style.trace("0".repeat(32), "0".repeat(16), 1);
    this.omitted = new Set([messageKey, ...timeKeys, ...Object.keys(level), ...Object.keys(ids)]);
    this.#plain = new PlainFields(this);
  }

  /** `bindings` are those in the text. */
  line(sink: LogRecordSink, text: string, level: number, label: string, bindings: string): PinoLine {
    return new PinoLine(this, sink, text, severityOf(level), label, bindings);
  }

  /** What a line says besides its bindings, and these; all of it where they cannot be told apart. */
  read(sink: LogRecordSink, text: string, bindings: string): LogContent {
    const known = this.#known(sink, bindings);
    const at = known === undefined ? -1 : text.indexOf(bindings);
    if (known !== undefined && at !== -1) {
      const fields = parse(text.slice(at + bindings.length));
      if (!Object.keys(fields).some((key) => known.keys.has(key))) return this.#content(fields, known.block);
    }
    const fields = JSON.parse(text) as Fields;
    const base = this.#baseNow();
    for (const key of Object.keys(base)) if (fields[key] === base[key]) delete fields[key];
    return this.#content(fields, undefined);
  }

  /** Asked only where there is an engine, which knows the service. */
  #baseNow(): Readonly<Record<string, unknown>> {
    return (this.#base ??= { ...this.#style.pino().base });
  }

  /** The same of a line whose fields are at hand, where they are what the text says. */
  readPlain(sink: LogRecordSink, logged: LoggedLine, bindings: string): LogContent | undefined {
    const known = this.#known(sink, bindings);
    const line = known && this.#plain.read(logged, known);
    return line && { body: line.message, pairs: line.pairs, block: known.block };
  }

  #content(fields: Fields, block: LogBlock | undefined): LogContent {
    const error = fields[this.errorKey];
    if (typeof error === "object" && error !== null) this.#tellException(fields, error as Fields);
    return { body: fields[this.messageKey], attributes: fields, omit: this.omitted, block };
  }

  /** As the conventions name it; what else the serializer told of it stays. */
  #tellException(fields: Fields, error: Fields): void {
    const { type, kind, message, stack, stack_trace: trace, name: _name, ...rest } = error;
    delete fields[this.errorKey];
    fields["exception.type"] ??= type ?? kind;
    fields["exception.message"] ??= message;
    fields["exception.stacktrace"] ??= stack ?? trace;
    if (Object.keys(rest).length > 0) fields[this.errorKey] = rest;
  }

  #known(sink: LogRecordSink, bindings: string): Bindings | undefined {
    if (bindings !== this.#last) {
      this.#last = bindings;
      this.#lastKnown = bindings === "" ? undefined : this.#lookUp(sink, bindings);
    }
    return this.#lastKnown;
  }

  #lookUp(sink: LogRecordSink, bindings: string): Bindings | undefined {
    if (this.#bindings.has(bindings)) return this.#bindings.get(bindings);
    if (this.#bindings.size >= maxBindings) this.#bindings.clear();
    const made = this.#makeBindings(sink, bindings);
    this.#bindings.set(bindings, made);
    return made;
  }

  #makeBindings(sink: LogRecordSink, bindings: string): Bindings | undefined {
    try {
      const fields = parse(`${bindings}}`);
      const base = this.#baseNow();
      // The same as the resource says, and what a line may say of its own is told by the line.
      for (const key of Object.keys(fields)) {
        if (fields[key] === base[key] || this.omitted.has(key)) delete fields[key];
      }
      return { block: sink.block(fields), keys: new Set(Object.keys(fields)), places: [] };
    } catch {
      return undefined;
    }
  }
}

class PinoLine implements LogLine {
  readonly severityNumber: number;
  readonly severityText: string;
  readonly bytes: number;
  readonly #reader: LineReader;
  readonly #sink: LogRecordSink;
  readonly #text: string;
  readonly #bindings: string;
  /** What was logged, as long as the service cannot have changed it. */
  logged: LoggedLine | undefined = undefined;

  constructor(
    reader: LineReader,
    sink: LogRecordSink,
    text: string,
    severityNumber: number,
    severityText: string,
    bindings: string,
  ) {
    this.#reader = reader;
    this.#sink = sink;
    this.#text = text;
    this.severityNumber = severityNumber;
    this.severityText = severityText;
    this.bytes = text.length;
    this.#bindings = bindings;
  }

  read(): LogContent {
    const { logged } = this;
    const plain = logged && this.#reader.readPlain(this.#sink, logged, this.#bindings);
    return plain ?? this.#reader.read(this.#sink, this.#text, this.#bindings);
  }
}

/** The fields in the rest of a line, from a comma or the closing brace on. */
function parse(rest: string): Fields {
  return JSON.parse(`{${rest.startsWith(",") ? rest.slice(1) : rest}`) as Fields;
}

/** pino's 10 to 60 as OpenTelemetry's 1, 5, 9, 13, 17, 21; custom levels between two of them lie between these. */
export function severityOf(level: number): number {
  // Ten of the one are four of the other.
  return Math.min(24, Math.max(1, Math.floor(level * 0.4) - 3));
}
