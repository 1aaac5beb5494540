import type { LogLevel, RequestLine, RequestLineSink, Telemetry } from "@gossamer/core";
import type { Logger } from "pino";
import { loggableError } from "./fields/error-text.ts";
import type { FieldNames, Fields, FieldStyle } from "./fields/field-style.ts";
import { fieldStyle } from "./fields/field-styles.ts";
import { pinnedChild } from "./follow-levels.ts";
import { pinoMember } from "./pino-symbol.ts";
import { asRequestLine } from "./request-line-fields.ts";

export interface RequestLineOptions {
  /** Whose names the fields have. @default "opentelemetry" */
  readonly fields?: FieldNames;
  /** Whether lines carry the path that the client asked for, without its query. It may hold names, numbers or secrets. @default false */
  readonly path?: boolean;
}

/** Routes, methods and statuses whose common fields are kept as text; services have hundreds at most. */
const maxSeries = 2_000;
const methodsOfPino: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error"];

/**
 * Has a line of each request that is due one written by a pino logger: `requestLines(telemetry, logger)`. Answers what stops it.
 *
 * The logger's redaction, serializers and formatters hold for it, its level does not: a sampled request's line belongs to its trace. Only a
 * logger that is `silent` has none, and lines below `info` follow its level. `createLogger` does this by itself.
 */
export function requestLines(telemetry: Telemetry, logger: Logger, options: RequestLineOptions = {}): () => void {
  const style = fieldStyle(options.fields ?? "opentelemetry", telemetry.logging.service);
  const missing = methodsOfPino.find((name) => typeof logger[name] !== "function");
  if (missing !== undefined) throw new TypeError(`A logger for request lines must have the level "${missing}".`);
  return telemetry.logging.logRequests(new PinoRequestSink(logger, style, options.path === true));
}

class PinoRequestSink implements RequestLineSink {
  readonly wantsPath: boolean;
  readonly #logger: Logger;
  readonly #style: FieldStyle;
  readonly #errorKey: string;
  /** Writes lines of every level. */
  readonly #base: Logger;
  /** Whether a child may hold what lines have in common. Formatters of whole lines, and nesting, want them in the line. */
  readonly #keepsSeries: boolean;
  readonly #series = new Map<string | undefined, Map<string, Map<number | undefined, Series>>>();
  #size = 0;

  constructor(logger: Logger, style: FieldStyle, wantsPath: boolean) {
    this.wantsPath = wantsPath;
    this.#logger = logger;
    this.#style = style;
    this.#base = pinnedChild(logger, {}, "trace");
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
    if (this.#logger.level === "silent") return;
    const { logger, message, common } = this.#seriesOf(line);
    const fields = this.#style.request(line);
    const whole = common === undefined ? fields : Object.assign({}, common, fields);
    if (line.error !== undefined) whole[this.#errorKey] = loggableError(line.error);
    asRequestLine(whole, (given) => logger[line.level](given, line.aborted ? `${message} aborted` : message));
  }

  #seriesOf(line: RequestLine): Series {
    let methods = this.#series.get(line.route);
    if (methods === undefined) this.#series.set(line.route, (methods = new Map()));
    let statuses = methods.get(line.method);
    if (statuses === undefined) methods.set(line.method, (statuses = new Map()));
    let series = statuses.get(line.statusCode);
    if (series === undefined) {
      series = this.#makeSeries(line);
      if (this.#size < maxSeries) {
        this.#size++;
        statuses.set(line.statusCode, series);
      } else if (statuses.size === 0) {
        methods.delete(line.method);
        if (methods.size === 0) this.#series.delete(line.route);
      }
    }
    return series;
  }

  #makeSeries(line: RequestLine): Series {
    const { method, route, statusCode } = line;
    const common = this.#style.series(line);
    const message = [method, route, statusCode].filter((part) => part !== undefined).join(" ");
    if (!this.#keepsSeries) return { logger: this.#base, message, common };
    return { logger: this.#base.child(common), message, common: undefined };
  }
}

/** What lines of one route, method and status share. */
interface Series {
  readonly logger: Logger;
  readonly message: string;
  /** Where the logger does not hold them. */
  readonly common: Fields | undefined;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}
