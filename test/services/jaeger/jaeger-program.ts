import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const version = "v1.76.0";
const program = "github.com/jaegertracing/jaeger/cmd/jaeger";

/**
 * The path of Jaeger's own program, built from its published module by Go where this user has none yet: some minutes, once.
 *
 * Throws where Go is missing or cannot build it, and says what to do.
 */
export function jaegerProgram(): string {
  const folder = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "gossamer", "jaeger");
  const path = join(folder, `jaeger-${version}`);
  if (existsSync(path)) return path;
  const module = join(folder, `build-${process.pid}`);
  mkdirSync(module, { recursive: true });
  try {
    go(module, "mod", "init", "jaeger-build");
    go(module, "get", "-tool", `${program}@${version}`);
    go(module, "build", "-o", "jaeger", program);
    // In one step, so that nobody runs half of it.
    renameSync(join(module, "jaeger"), path);
  } finally {
    rmSync(module, { recursive: true, force: true });
  }
  return path;
}

function go(cwd: string, ...parameters: readonly string[]): void {
  const { error, status, stderr } = spawnSync("go", parameters, { cwd, encoding: "utf8" });
  if (error !== undefined)
    throw new Error("go is missing: install it with `apt-get install golang-go`, 1.25 or newer, or from go.dev.");
  if (status !== 0) throw new Error(`go ${parameters.join(" ")} failed:\n${stderr.slice(-2_000)}`);
}
