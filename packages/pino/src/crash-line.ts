import type { Logger } from "pino";
import { loggableError } from "./fields/error-text.ts";

export interface CrashParts {
  readonly logger: Logger;
  readonly errorKey: string;
  readonly flushSync: () => void;
  readonly process: Pick<NodeJS.Process, "on" | "removeListener">;
}

/**
 * Writes a last line, at level `fatal`, of an error that nobody caught, with all lines before it. Node then does what it would have done. Answers
 * what stops it.
 */
export function logCrashes({ logger, errorKey, flushSync, process: host }: CrashParts): () => void {
  function onCrash(error: unknown, origin: string): void {
    try {
      logger.fatal(
        { [errorKey]: loggableError(error) },
        origin === "unhandledRejection" ? "unhandled rejection" : "uncaught exception",
      );
    } catch {
      // Node prints the error itself.
    }
    flushSync();
  }
  host.on("uncaughtExceptionMonitor", onCrash);
  return () => void host.removeListener("uncaughtExceptionMonitor", onCrash);
}
