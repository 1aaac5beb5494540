import type { TelemetryLogging } from "@gossamer/core";
import type { Logger, LoggerOptions as PinoOptions } from "pino";
import { mergeSafely } from "./merge-safely.ts";
import { pinoMember } from "./pino-symbol.ts";

const plainMethods = new WeakSet<object>();

/** Whether a log method is ours and nothing of the service's is behind it. */
export function isPlainMethod(method: unknown): boolean {
  return typeof method === "function" && plainMethods.has(method);
}

/** Says so of a log method. */
export function markPlain(method: LogMethod): LogMethod {
  plainMethods.add(method);
  return method;
}

export type LogMethod = NonNullable<NonNullable<PinoOptions["hooks"]>["logMethod"]>;

/**
 * Keeps what a line is made of from throwing into the service. A line whose fields cannot be read is tried again with those that can; one that
 * cannot be written even so is dropped and counted.
 */
export function safeLogMethod(logging: TelemetryLogging, own: LogMethod | undefined): LogMethod {
  return function safely(args, method, level) {
    // The message, which pino would write as it is: no JSON.
    const at = typeof args[0] === "object" || args[0] === undefined ? 1 : 0;
    const kind = typeof args[at];
    if (kind === "symbol" || kind === "function") args[at] = `[${kind}]`;
    try {
      if (own === undefined) method.apply(this, args);
      else own.call(this, args, method, level);
    } catch {
      const [first, ...rest] = args as unknown[];
      const readable = typeof first === "object" && first !== null ? mergeSafely(first, {}) : {};
      try {
        Reflect.apply(method, this, [readable, ...rest.filter((part) => typeof part === "string")]);
      } catch {
        logging.dropped("unwritable-line");
      }
    }
  };
}

/**
 * pino 9 looks up how a field is written in an object with the usual prototype: a field called `toString` would be written by that function, and the
 * line would be no JSON.
 */
export function hardenLookups(logger: Logger): void {
  for (const name of ["stringifiers", "serializers"]) {
    const lookup = pinoMember(logger, name);
    if (typeof lookup === "object" && lookup !== null) Object.setPrototypeOf(lookup, null);
  }
}
