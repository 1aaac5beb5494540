// While one works: checks the types, runs the pure and the unit tests once, and then those of what changes.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { buildStep, root } from "./step.ts";

// Adapters and examples load core as it was built.
if (buildStep().failed > 0) process.exit(1);

const env = { ...process.env, PATH: [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter) };
const typeChecks = [
  ["-b", "--watch", "--preserveWatchOutput"],
  ["-p", "tsconfig.test.json", "--watch", "--preserveWatchOutput"],
].map((args) => spawn("tsc", args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"], detached: true }));
// Hears keys: `h` tells which.
const tests = spawn("vitest", ["watch", "--project", "pure", "--project", "unit", "--clearScreen=false"], {
  cwd: root,
  env,
  stdio: "inherit",
});

// `tsc` is a program that starts another: both are ended, as a group.
function endTypeChecks(): void {
  for (const { pid } of typeChecks) if (pid !== undefined) process.kill(-pid);
}
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => tests.kill(signal));
tests.once("exit", (code) => {
  endTypeChecks();
  process.exitCode = code ?? 0;
});
