import type { Logger } from "pino";

/**
 * Lets a child logger follow its parent's level, as those of pino 10 do: pino 9 gives each child a copy of the level that held when it was made.
 * A child whose level is another keeps it.
 */
export function followLevel(child: Logger): void {
  const parent = Object.getPrototypeOf(child) as Logger;
  const levelValue = Object.getOwnPropertySymbols(child).find(({ description }) => description === "pino.levelVal");
  if (levelValue === undefined || child.levelVal !== parent.levelVal) return;
  Reflect.deleteProperty(child, levelValue);
  for (const name of [...Object.keys(child.levels.values), "silent"]) Reflect.deleteProperty(child, name);
}

/** A child logger with a level of its own, also where that is the parent's at the moment. */
export function pinnedChild(logger: Logger, bindings: object, level: string): Logger {
  const child = logger.child(bindings, { level });
  child.level = level;
  return child;
}
