import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const version = "v1.76.0";
const program = "github.com/jaegertracing/jaeger/cmd/jaeger";

/**
 * The path of Jaeger's own program, built from its published module by Go where this user has none yet: some minutes, once.
 *
 * Rejects where Go is missing or cannot build it, and says what to do.
 */
export async function jaegerProgram(): Promise<string> {
  const folder = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "gossamer", "jaeger");
  const path = join(folder, `jaeger-${version}`);
  if (existsSync(path)) return path;
  const module = join(folder, `build-${process.pid}`);
  mkdirSync(module, { recursive: true });
  try {
    await go(module, "mod", "init", "jaeger-build");
    await go(module, "get", "-tool", `${program}@${version}`);
    await go(module, "build", "-o", "jaeger", program);
    // In one step, so that nobody runs half of it.
    renameSync(join(module, "jaeger"), path);
  } finally {
    rmSync(module, { recursive: true, force: true });
  }
  return path;
}

async function go(cwd: string, ...parameters: readonly string[]): Promise<void> {
  try {
    await run("go", parameters, { cwd });
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const message = isMissing
      ? "go is missing: install it with `apt-get install golang-go`, 1.25 or newer, or from go.dev."
      : `go ${parameters.join(" ")} failed: ${String(error).slice(-2_000)}`;
    throw new Error(message, { cause: error });
  }
}
