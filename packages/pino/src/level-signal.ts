import type { Logger } from "pino";
import { pinnedChild } from "./follow-levels.ts";
import type { Level, LogLevels } from "./log-levels.ts";

/** A signal that changes the level of a running service. */
export interface LevelSignal {
  /** SIGUSR2, for one; SIGUSR1 is Node's own. */
  readonly signal: NodeJS.Signals;
  /** @default "debug" */
  readonly level?: Level;
  /** For how long, in ms. @default 600000 */
  readonly forMs?: number;
}

const defaultForMs = 600_000;

/** Listens for the signal: the first changes the level for a while, the next takes it back. Each is one line. Answers what stops it. */
export function onLevelSignal(
  levels: LogLevels,
  logger: Logger,
  { signal, level = "debug", forMs = defaultForMs }: LevelSignal,
): () => void {
  let changed = false;
  let endsAt = 0;
  // Whatever the level is, whoever sends the signal wants to see that it came.
  const voice = pinnedChild(logger, {}, "info");

  function turn(): void {
    if (changed && performance.now() < endsAt) {
      changed = false;
      levels.reset();
      voice.info(`the log level is ${levels.get()} again`);
      return;
    }
    if (!levels.set(level, { forMs })) return;
    changed = true;
    endsAt = performance.now() + forMs;
    voice.info(`the log level is ${level} for ${Math.round(forMs / 1000)} s`);
  }

  process.on(signal, turn);
  return () => void process.removeListener(signal, turn);
}
