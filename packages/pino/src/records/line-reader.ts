import { levelNumbers } from "../level-numbers.ts";
import type { LogBlock, LogContent, LogLine, LogRecordSink, RequestLine } from "@gossamer/core";
import type { Logger } from "pino";
import type { FieldStyle } from "../fields/field-style.ts";
import { pinoSymbol } from "../pino-symbol.ts";
import type { Fields } from "./plain-fields.ts";

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

interface Bindings {
  readonly block: LogBlock;
  readonly keys: ReadonlySet<string>;
}

/** Reads lines of one logger and its children. */
export class LineReader {
  readonly messageKey: string;
  readonly errorKey: string;
  /** Names that become something else than an attribute. */
  readonly omitted: ReadonlySet<string>;
  readonly #style: FieldStyle;
  #base: Readonly<Record<string, unknown>> | undefined;
  readonly #bindings = new Map<string, Bindings | undefined>();
  #chindings: symbol | undefined;

  constructor({ style, messageKey, errorKey }: LineNames) {
    this.messageKey = messageKey;
    this.errorKey = errorKey;
    this.#style = style;
    const level = style.pino().formatters?.level?.("info", levelNumbers.info) ?? { level: 30 };
    const ids = style.trace("0".repeat(32), "0".repeat(16), 1);
    this.omitted = new Set([messageKey, ...timeKeys, ...Object.keys(level), ...Object.keys(ids)]);
  }

  line(sink: LogRecordSink, text: string, level: number, logger: Logger | undefined): PinoLine {
    const label = logger?.levels.labels[level] ?? "";
    return new PinoLine(this, sink, text, severityOf(level), label, this.#bindingsOf(logger));
  }

  requestLine(
    sink: LogRecordSink,
    text: string,
    { level }: RequestLine,
    bindings: string | undefined,
    logger: Logger | undefined,
  ): LogLine {
    const own = bindings ?? this.#bindingsOf(logger);
    return new PinoLine(this, sink, text, severityOf(levelNumbers[level]), level, own);
  }

  /** What a line says besides its bindings, and these; all of it where they cannot be told apart. */
  read(sink: LogRecordSink, text: string, bindings: string): LogContent {
    const known = bindings === "" ? undefined : this.#known(sink, bindings);
    const at = known === undefined ? -1 : text.indexOf(bindings);
    if (known !== undefined && at !== -1) {
      const fields = parse(text.slice(at + bindings.length));
      if (!sharesKey(fields, known.keys)) return this.#content(fields, known.block);
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

  /** The same of a line whose fields are known, where its bindings can be told apart. */
  readFields(sink: LogRecordSink, fields: Fields, message: unknown, bindings: string): LogContent | undefined {
    const known = bindings === "" ? undefined : this.#known(sink, bindings);
    if (known === undefined || sharesKey(fields, known.keys)) return undefined;
    return { body: message ?? fields[this.messageKey], attributes: fields, omit: this.omitted, block: known.block };
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
      return { block: sink.block(fields), keys: new Set(Object.keys(fields)) };
    } catch {
      return undefined;
    }
  }

  #bindingsOf(logger: Logger | undefined): string {
    if (logger === undefined) return "";
    this.#chindings ??= pinoSymbol(logger, "chindings");
    const bindings: unknown = this.#chindings && Reflect.get(logger, this.#chindings);
    return typeof bindings === "string" ? bindings : "";
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
  /** The fields themselves, as long as they are what the text says. */
  fields: Fields | undefined = undefined;
  message: unknown = undefined;

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
    const { fields } = this;
    const known = fields && this.#reader.readFields(this.#sink, fields, this.message, this.#bindings);
    return known ?? this.#reader.read(this.#sink, this.#text, this.#bindings);
  }
}

/** The fields in the rest of a line, from a comma or the closing brace on. */
function parse(rest: string): Fields {
  return JSON.parse(`{${rest.startsWith(",") ? rest.slice(1) : rest}`) as Fields;
}

function sharesKey(fields: Fields, keys: ReadonlySet<string>): boolean {
  if (keys.size === 0) return false;
  for (const key in fields) if (keys.has(key)) return true;
  return false;
}

/** pino's 10 to 60 as OpenTelemetry's 1, 5, 9, 13, 17, 21; custom levels between two of them lie between these. */
export function severityOf(level: number): number {
  // Ten of the one are four of the other.
  return Math.min(24, Math.max(1, Math.floor(level * 0.4) - 3));
}
