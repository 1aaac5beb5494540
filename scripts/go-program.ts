import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs `go` with these parameters in a folder. Rejects where Go is missing or fails, and says what to do. */
export type Go = (...parameters: readonly string[]) => Promise<void>;

/**
 * The path of a program that Go builds, in a folder of this user's: built where it is not there yet, some minutes, once.
 *
 * `name` says what it is made of; two names are two programs. `build` is given an empty folder and leaves the program in it as `program`. Whoever
 * comes while another process builds the same one waits for it.
 */
export async function goProgram(
  name: string,
  build: (go: Go, folder: string) => Promise<void>,
  cache: string = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "gossamer"),
): Promise<string> {
  const path = join(cache, name);
  if (existsSync(path)) return path;
  mkdirSync(dirname(path), { recursive: true });
  const unlock = await lock(`${path}.lock`);
  try {
    if (!existsSync(path)) await buildInto(path, build);
  } finally {
    unlock();
  }
  return path;
}

async function buildInto(path: string, build: (go: Go, folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(`${path}.build-`);
  try {
    await build((...parameters) => runGo(folder, parameters), folder);
    // In one step, so that nobody runs half of it.
    renameSync(join(folder, "program"), path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runGo(cwd: string, parameters: readonly string[]): Promise<void> {
  try {
    await run("go", parameters, { cwd, maxBuffer: 64 * 1024 * 1024 });
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const message = isMissing
      ? "go is missing: install 1.26 or newer, with `apt-get install golang-go` where that is as new, else from go.dev."
      : `go ${parameters.join(" ")} failed, which must be 1.26 or newer: ${String(error).slice(-2_000)}`;
    throw new Error(message, { cause: error });
  }
}

/** Resolves when nobody else holds the lock; a holder that is gone holds nothing. */
async function lock(path: string): Promise<() => void> {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx" });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (!isHeld(path)) rmSync(path, { force: true });
    else await delay(200);
  }
}

function isHeld(path: string): boolean {
  try {
    process.kill(Number(readFileSync(path, "utf8")), 0);
    return true;
  } catch (error) {
    // No such process: it ended without unlocking. All else, a lock that was taken away meanwhile too, is looked at again.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
