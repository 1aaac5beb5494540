import type { LogRecordSink, RequestLine, Telemetry } from "@gossamer/core";
import { type DestinationStream, type Logger, version } from "pino";
import { bindingsOf } from "./late-bindings.ts";
import { levelNumbers } from "./level-numbers.ts";
import { LineReader, type LineNames } from "./records/line-reader.ts";
import type { LoggedLine } from "./records/plain-fields.ts";
import { pinoMember } from "./pino-symbol.ts";

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

interface TeeParts extends LineNames {
  readonly telemetry: Telemetry;
  readonly stream: DestinationStream;
}

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
  #about: { readonly line: RequestLine; readonly logged: LoggedLine | undefined } | undefined;

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

  /** The next line is that of a request, whose span is not the active one. `logged` is what it says, where pino does not write it. */
  about(line: RequestLine, logged: LoggedLine | undefined): void {
    this.#about = { line, logged };
  }

  write(text: string): void {
    const { stream, telemetry } = this.#parts;
    const { lastLevel, lastLogger, lastObj, lastMsg, lastTime } = this;
    const about = this.#about;
    this.#about = undefined;
    if (this.#forwards) Object.assign(stream, { lastLevel, lastLogger, lastObj, lastMsg, lastTime });
    this.lastObj = undefined;
    this.lastLogger = undefined;
    stream.write(text);
    try {
      // Asked until there is one: a logger may be made before the engine.
      const sink = (this.#sink ??= telemetry.logging.records({ name: "pino", version }));
      if (sink === undefined) return;
      const logged = about?.logged ?? (lastLogger && { logger: lastLogger, fields: lastObj, message: lastMsg });
      const label = about?.line.level;
      const line = this.#reader.line(
        sink,
        text,
        label === undefined ? lastLevel : levelNumbers[label],
        label ?? lastLogger?.levels.labels[lastLevel] ?? "",
        logged === undefined ? "" : bindingsOf(logged.logger),
      );
      line.logged = logged;
      sink.write(line, about?.line);
      // What is read later is what was written: the service may change its object.
      line.logged = undefined;
    } catch {
      telemetry.logging.failed("log-record");
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
}
