import type { Logger } from "pino";
import { loggableError } from "./fields/error-text.ts";

/** A logger whose process may fall. */
export interface CrashParts {
  /** Undefined where no last line is wanted. */
  readonly logger: Logger | undefined;
  readonly errorKey: string;
  readonly settle: () => void;
  readonly flushSync: () => void;
  readonly atExit: () => void;
}

/** Not the loggers themselves: one that nobody uses any more may go. */
const known = new Set<WeakRef<CrashParts>>();

/**
 * Has lines that wait written when an error that nobody caught ends the process, and before that, at level `fatal`, a line of that error. Node then
 * does what it would have done. The parts must be kept by whoever keeps the destination.
 */
export function logCrashes(parts: CrashParts): void {
  if (known.size === 0) {
    process.on("uncaughtExceptionMonitor", onCrash);
    // Before pino's own listener, which writes what waits and counts nothing.
    process.prependListener("exit", onExit);
  }
  for (const one of known) if (one.deref() === undefined) known.delete(one);
  known.add(new WeakRef(parts));
}

function onCrash(error: unknown, origin: string): void {
  for (const one of known) {
    const parts = one.deref();
    if (parts === undefined) continue;
    const { logger, errorKey, settle, flushSync } = parts;
    settle();
    try {
      const message = origin === "unhandledRejection" ? "unhandled rejection" : "uncaught exception";
      logger?.fatal({ [errorKey]: loggableError(error) }, message);
    } catch {
      // Node prints the error itself.
    }
    flushSync();
  }
}

function onExit(): void {
  for (const one of known) one.deref()?.atExit();
}
