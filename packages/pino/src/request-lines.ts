import type { LogLevel, RequestLine, RequestLineSink, Telemetry } from "@gossamer/core";
import type { Logger } from "pino";
import { loggableError } from "./fields/error-text.ts";
import { fieldsOf, type FieldStyle, type LineField } from "./fields/field-style.ts";
import { fieldStyle } from "./fields/field-styles.ts";
import { pinnedChild } from "./follow-levels.ts";
import { carriesIds } from "./ids/line-ids.ts";
import { LineText } from "./line-text.ts";
import { checkPino, checkTelemetry, readRequestLineOptions } from "./logger-options.ts";
import { pinoMember, pinoSymbol } from "./pino-symbol.ts";
import type { RequestLineOptions } from "./request-line-options.ts";
import { asRequestLine } from "./request-line-fields.ts";
import { OtlpTee } from "./otlp-tee.ts";

/** Routes, methods and statuses whose common fields are kept as text; services have hundreds at most. */
const maxSeries = 2_000;

/**
 * Has a line of each request that is due one written by a pino logger: `requestLines(telemetry, logger)`. Answers what stops it.
 *
 * The logger's redaction, serializers and formatters hold for it, its level does not: a sampled request's line belongs to its trace. Only a
 * logger that is `silent` has none, and lines below `info` follow its level. `createLogger` does this by itself. Throws an `OptionError` for a wrong
 * logger or option.
 */
export function requestLines(telemetry: Telemetry, logger: Logger, options: RequestLineOptions = {}): () => void {
  checkTelemetry(telemetry, "requestLines");
  const { fields = "opentelemetry", path = false } = readRequestLineOptions(options);
  const style = fieldStyle(fields, () => telemetry.logging.service);
  checkPino(logger);
  return telemetry.logging.logRequests(new PinoRequestSink(logger, style, path));
}

/** With what pino keeps under symbols. */
type IndexedLogger = Logger & { readonly [member: symbol]: unknown };

class PinoRequestSink implements RequestLineSink {
  readonly wantsPath: boolean;
  readonly #logger: IndexedLogger;
  readonly #style: FieldStyle;
  readonly #errorKey: string;
  /** Where lines leave by OTLP too. */
  readonly #tee: OtlpTee | undefined;
  /** Whether the logger writes the ids of a line where they belong. */
  readonly #carriesIds: boolean;
  readonly #fields: readonly LineField[];
  readonly #bindings: symbol;
  /** The bindings of the logger, as they were when what is below was made of it. */
  #bound: unknown;
  /** Writes lines of every level. */
  #base: Logger;
  /** Undefined where pino writes them. */
  #text: LineText | undefined;
  /** Whether a child may hold what lines have in common. Formatters of whole lines, and nesting, want them in the line. */
  readonly #keepsSeries: boolean;
  readonly #series = new Map<string | undefined, Map<string, Map<number | undefined, Series>>>();
  #size = 0;

  constructor(logger: Logger, style: FieldStyle, wantsPath: boolean) {
    this.wantsPath = wantsPath;
    this.#logger = logger as IndexedLogger;
    this.#style = style;
    this.#bindings = pinoSymbol(logger, "chindings") ?? Symbol("none");
    this.#bound = this.#logger[this.#bindings];
    this.#base = pinnedChild(logger, {}, "trace");
    this.#text = LineText.of(this.#base, style);
    this.#tee = OtlpTee.of(this.#base);
    this.#carriesIds = carriesIds(logger);
    const ids = this.#carriesIds ? Object.keys(style.trace("0", "0", 0)) : [];
    this.#fields = style.request.filter(({ key }) => !ids.includes(key));
    const errorKey = pinoMember(logger, "errorKey");
    this.#errorKey = typeof errorKey === "string" ? errorKey : "err";
    const formatters = pinoMember(logger, "formatters") as { log?: unknown } | undefined;
    this.#keepsSeries =
      formatters !== undefined && formatters.log === undefined && !isText(pinoMember(logger, "nestedKey"));
  }

  admits(level: LogLevel): boolean {
    return this.#logger.isLevelEnabled(level);
  }

  write(line: RequestLine): void {
    if (this.#logger.levelVal === Number.POSITIVE_INFINITY) return;
    if (this.#logger[this.#bindings] !== this.#bound) this.#bindAnew();
    const series = this.#seriesOf(line);
    const { logger, common } = series;
    const message = line.aborted ? abortedMessage(series.message) : series.message;
    if (this.#text !== undefined && line.error === undefined) {
      this.#tee?.about(line, { logger, fields: fieldsOf(this.#fields, line), message });
      this.#text.write(line, series.bindings, line.aborted ? series.abortedEnding : series.ending);
      return;
    }
    this.#tee?.about(line, undefined);
    const fields = common === undefined ? {} : fieldsOf(common, line);
    Object.assign(fields, fieldsOf(this.#fields, line));
    if (line.error !== undefined) fields[this.#errorKey] = loggableError(line.error);
    asRequestLine(fields, this.#carriesIds ? line : undefined, (given) => logger[line.level](given, message));
  }

  /** The logger was given other bindings: a child has those of when it was made. */
  #bindAnew(): void {
    this.#bound = this.#logger[this.#bindings];
    this.#base = pinnedChild(this.#logger, {}, "trace");
    this.#text = LineText.of(this.#base, this.#style);
    this.#series.clear();
    this.#size = 0;
  }

  #seriesOf(line: RequestLine): Series {
    return this.#series.get(line.route)?.get(line.method)?.get(line.statusCode) ?? this.#addSeries(line);
  }

  #addSeries(line: RequestLine): Series {
    const series = this.#makeSeries(line);
    if (this.#size >= maxSeries) return series;
    this.#size++;
    const methods = this.#series.get(line.route) ?? new Map<string, Map<number | undefined, Series>>();
    const statuses = methods.get(line.method) ?? new Map<number | undefined, Series>();
    statuses.set(line.statusCode, series);
    methods.set(line.method, statuses);
    this.#series.set(line.route, methods);
    return series;
  }

  #makeSeries(line: RequestLine): Series {
    const { method, route, statusCode } = line;
    const common = this.#style.series;
    const message = [method, route, statusCode].filter((part) => part !== undefined).join(" ");
    const logger = this.#keepsSeries ? this.#base.child(fieldsOf(common, line)) : this.#base;
    const text = this.#text;
    return {
      logger,
      message,
      common: this.#keepsSeries ? undefined : common,
      bindings: text?.bindingsOf(logger) ?? "",
      ending: text?.ending(message) ?? "",
      abortedEnding: text?.ending(abortedMessage(message)) ?? "",
    };
  }
}

/** What lines of one route, method and status share. */
interface Series {
  readonly logger: Logger;
  readonly message: string;
  /** Fields that the logger does not hold. */
  readonly common: readonly LineField[] | undefined;
  /** The parts of a line that is written as text; else empty. */
  readonly bindings: string;
  readonly ending: string;
  readonly abortedEnding: string;
}

function abortedMessage(message: string): string {
  return `${message} aborted`;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
