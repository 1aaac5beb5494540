import { builtin } from "./builtin.ts";

/**
 * Makes a folder and those above it that are not there, one by one: Node's own `recursive` never comes back where a parent exists in which nothing
 * can be made, such as `/proc`. Throws what Node says of the first that cannot be made.
 */
export function makeFolders(path: string, mode?: number): void {
  const { existsSync } = builtin("node:fs");
  const { dirname, resolve } = builtin("node:path");
  const missing: string[] = [];
  let at = resolve(path);
  while (!existsSync(at) && at !== dirname(at)) {
    missing.push(at);
    at = dirname(at);
  }
  for (const folder of missing.toReversed()) makeFolder(folder, mode);
}

/** One that is there already stays as it is. Follows no link that stands in its place, as `recursive` would. */
export function makeFolder(path: string, mode?: number): void {
  try {
    builtin("node:fs").mkdirSync(path, mode);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
