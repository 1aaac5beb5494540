import type {
  LineSpan,
  LogBlock,
  LogContent,
  LogLevel,
  LogLine,
  LogRecordSink,
  RequestLine,
  Telemetry,
} from "@gossamer/core";
import { type DestinationStream, type Logger, pino, version } from "pino";
import type { FieldStyle } from "./fields/field-style.ts";
import { pinoMember, pinoSymbol } from "./pino-symbol.ts";

/** A destination with this symbol is told of each line before it is written. */
const metadata = Symbol.for("pino.metadata");

/** What pino tells a destination that asks for it, before each line. */
interface LineMetadata {
  lastLevel: number;
  lastLogger: Logger | undefined;
  lastObj: unknown;
  lastMsg: unknown;
  lastTime: unknown;
}

interface TeeParts {
  readonly telemetry: Telemetry;
  readonly stream: DestinationStream;
  readonly style: FieldStyle;
  readonly messageKey: string;
  readonly errorKey: string;
}

/** Bindings of loggers that are remembered. */
const maxBindings = 256;

/**
 * A destination that hands each line on, and to OTLP. It reads the text that pino made, so that redaction, serializers and formatters hold for what
 * leaves by OTLP too, and reads it in this thread, where the active span is known. A line that does not leave is not read.
 */
export class OtlpTee implements DestinationStream, LineMetadata {
  lastLevel = 0;
  lastLogger: Logger | undefined = undefined;
  lastObj: unknown = undefined;
  lastMsg: unknown = undefined;
  lastTime: unknown = undefined;
  readonly #parts: TeeParts;
  readonly #forwards: boolean;
  readonly #reader: LineReader;
  #sink: LogRecordSink | undefined;
  #about: { readonly line: RequestLine; readonly bindings: string | undefined } | undefined;

  constructor(parts: TeeParts) {
    this.#parts = parts;
    Object.defineProperty(this, metadata, { value: true });
    this.#forwards = Reflect.get(parts.stream, metadata) === true;
    this.#reader = new LineReader(parts);
  }

  /** The tee that a logger writes to, if it does. */
  static of(logger: Logger): OtlpTee | undefined {
    const stream = pinoMember(logger, "stream");
    return stream instanceof OtlpTee ? stream : undefined;
  }

  /** Whether a stream is a tee before one that asks for no more than the text. */
  static isPlain(stream: unknown): boolean {
    return stream instanceof OtlpTee && !stream.#forwards;
  }

  /** The next line is that of a request, whose span is not the active one. `bindings` are those in its text, where pino does not write it. */
  about(line: RequestLine, bindings: string | undefined): void {
    this.#about = { line, bindings };
  }

  write(text: string): void {
    const { stream } = this.#parts;
    const { lastLevel, lastLogger, lastObj, lastMsg } = this;
    const about = this.#about;
    this.#about = undefined;
    if (this.#forwards) Object.assign(stream, this.#metadata());
    this.lastObj = undefined;
    this.lastLogger = undefined;
    stream.write(text);
    try {
      const sink = this.#openSink();
      if (sink === undefined) return;
      if (about === undefined) {
        const line = this.#reader.line(sink, text, lastLevel, lastLogger);
        line.fields = lastLogger && plainFields(lastLogger, lastObj, this.#parts.errorKey);
        line.message = lastMsg;
        sink.write(line);
        // What is read later is what was written: the service may change its object.
        line.fields = undefined;
      } else
        sink.write(this.#reader.requestLine(sink, text, about.line, about.bindings, lastLogger), spanOf(about.line));
    } catch {
      this.#parts.telemetry.logging.failed("log-record");
    }
  }

  flush(done?: (error?: Error) => void): void {
    const stream = this.#parts.stream as { flush?(done?: (error?: Error) => void): void };
    if (typeof stream.flush === "function") stream.flush(done);
    else done?.();
  }

  flushSync(): void {
    (this.#parts.stream as { flushSync?(): void }).flushSync?.();
  }

  #metadata(): LineMetadata {
    const { lastLevel, lastLogger, lastObj, lastMsg, lastTime } = this;
    return { lastLevel, lastLogger, lastObj, lastMsg, lastTime };
  }

  /** Asked until there is one: a logger may be made before the engine. */
  #openSink(): LogRecordSink | undefined {
    return (this.#sink ??= this.#parts.telemetry.logging.records({ name: "pino", version }));
  }
}

/** The names of a line that are said elsewhere in a record. */
const timeKeys = ["time", "@timestamp"];

interface Bindings {
  readonly block: LogBlock;
  readonly keys: ReadonlySet<string>;
}

/** Reads lines of one logger and its children. */
class LineReader {
  readonly messageKey: string;
  readonly errorKey: string;
  /** Names that become something else than an attribute. */
  readonly omitted: ReadonlySet<string>;
  readonly #style: FieldStyle;
  #base: Readonly<Record<string, unknown>> | undefined;
  readonly #bindings = new Map<string, Bindings | undefined>();
  #chindings: symbol | undefined;

  constructor({ style, messageKey, errorKey }: TeeParts) {
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

type Fields = Record<string, unknown>;

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
function plainFields(logger: Logger, given: unknown, errorKey: string): Fields | undefined {
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

/** The fields in the rest of a line, from a comma or the closing brace on. */
function parse(rest: string): Fields {
  return JSON.parse(`{${rest.startsWith(",") ? rest.slice(1) : rest}`) as Fields;
}

function sharesKey(fields: Fields, keys: ReadonlySet<string>): boolean {
  if (keys.size === 0) return false;
  for (const key in fields) if (keys.has(key)) return true;
  return false;
}

const levelNumbers: Readonly<Record<LogLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
};

const levelsApart = 10;
const severitiesApart = 4;
const highest = 24;

/** pino's 10 to 60 as OpenTelemetry's 1, 5, 9, 13, 17, 21; custom levels between two of them lie between these. */
export function severityOf(level: number): number {
  const severity = Math.floor(((level - levelsApart) * severitiesApart) / levelsApart) + 1;
  return Math.min(highest, Math.max(1, severity));
}

function spanOf({ traceId, spanId, traceFlags }: RequestLine): LineSpan {
  return { traceId, spanId, traceFlags };
}
