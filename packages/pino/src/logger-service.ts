import type { LogLevel } from "@gossamer/core";
import type { Logger } from "pino";

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
 * error with its stack. `verbose` is pino's `trace`, `log` its `info`.
 */
export function loggerService(logger: Logger): NestLoggerService {
  const at =
    (level: LogLevel) =>
    (message: unknown, ...more: unknown[]): void =>
      write(logger, level, message, more);
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
function write(logger: Logger, level: LogLevel, message: unknown, more: readonly unknown[]): void {
  if (!logger.isLevelEnabled(level)) return;
  const rest = [...more];
  const fields: Record<string, unknown> = {};
  const last = rest.at(-1);
  if (typeof last === "string" && !isStack(last)) {
    fields["context"] = last;
    rest.pop();
  }
  const stack = rest.find(isStack);
  const error = [message, ...rest].find((value) => value instanceof Error);
  if (error !== undefined) fields["err"] = error;
  else if (stack !== undefined) fields["err"] = errorOf(message, stack);
  const others = rest.filter((value) => value !== stack && value !== error && value !== undefined);
  if (others.length > 0) fields["params"] = others;
  if (message instanceof Error) logger[level](fields, message.message);
  else if (typeof message === "object" && message !== null) logger[level]({ ...fields, message });
  else logger[level](fields, String(message));
}

function isStack(value: unknown): value is string {
  return typeof value === "string" && /\n\s+at /.test(value);
}

/** From the text that Nest hands on in its place. */
function errorOf(message: unknown, stack: string): Error {
  const error = new Error(String(message));
  const type = /^([\w$.]+)(?::|\n)/.exec(stack)?.[1];
  if (type !== undefined) error.name = type;
  error.stack = stack;
  return error;
}
