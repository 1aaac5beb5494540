import type { LogLevel } from "@gossamer/core";
import type { Logger } from "pino";
import { checkPino } from "./logger-options.ts";
import { pinoMember } from "./pino-symbol.ts";

/** What Nest asks of a logger: `app.useLogger(loggerService(logger))`. The same as its `LoggerService`, without its types. */
export interface NestLoggerService {
  log(message: unknown, ...more: unknown[]): void;
  error(message: unknown, ...more: unknown[]): void;
  warn(message: unknown, ...more: unknown[]): void;
  debug(message: unknown, ...more: unknown[]): void;
  verbose(message: unknown, ...more: unknown[]): void;
  fatal(message: unknown, ...more: unknown[]): void;
}

/**
 * Nest's own lines, and those of its `Logger`, through a pino logger: with the ids of the active span, the context as the field `context`, and an
 * error with its stack; what is more than that, objects too, is a list `params`. `verbose` is pino's `trace`, `log` its `info`.
 */
export function loggerService<CustomLevels extends string = never>(ofService: Logger<CustomLevels>): NestLoggerService {
  checkPino(ofService);
  const logger = ofService as unknown as Logger;
  const known = pinoMember(logger, "errorKey");
  const errorKey = typeof known === "string" ? known : "err";
  const at =
    (level: LogLevel) =>
    (...values: unknown[]): void =>
      write(logger, errorKey, level, values);
  return {
    log: at("info"),
    error: at("error"),
    warn: at("warn"),
    debug: at("debug"),
    verbose: at("trace"),
    fatal: at("fatal"),
  };
}

/** Nest puts the context last, and at `error` a stack before it. */
function write(logger: Logger, errorKey: string, level: LogLevel, given: readonly unknown[]): void {
  if (!logger.isLevelEnabled(level)) return;
  const rest = [...given];
  const fields: Record<string, unknown> = {};
  const last = rest.at(-1);
  if (rest.length > 1 && typeof last === "string" && !isStack(last)) fields["context"] = rest.pop();
  const stack = rest.slice(1).find(isStack);
  const error = rest.find((value) => value instanceof Error);
  if (error !== undefined) fields[errorKey] = error;
  else if (stack !== undefined) fields[errorKey] = errorOf(rest[0], stack);
  const isText = typeof rest[0] !== "object" || rest[0] === null;
  const others = rest
    .slice(isText ? 1 : 0)
    .filter((value) => value !== undefined && value !== stack && value !== error);
  if (others.length > 0) fields["params"] = others;
  if (isText) logger[level](fields, String(rest[0]));
  else logger[level](fields, error?.message);
}

/** Whether a line of it, behind some white space, begins with `at `. Takes time linear in the length, whatever an error quotes. */
function isStack(value: unknown): value is string {
  if (typeof value !== "string") return false;
  for (let lineEnd = value.indexOf("\n"); lineEnd !== -1;) {
    let at = lineEnd + 1;
    while (isSpace(value.charCodeAt(at))) at++;
    if (at > lineEnd + 1 && value.startsWith("at ", at)) return true;
    lineEnd = value.indexOf("\n", at);
  }
  return false;
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0;
}

/** From the text that Nest hands on in its place. */
function errorOf(message: unknown, stack: string): Error {
  const error = new Error(String(message));
  const type = /^[\w$.]{1,128}(?=[:\n])/.exec(stack)?.[0];
  // Serializers take the type from the constructor where there is one.
  if (type !== undefined) Object.defineProperty(error, "constructor", { value: undefined }).name = type;
  error.stack = stack;
  return error;
}
