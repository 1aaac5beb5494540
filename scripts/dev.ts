// While one works: checks the types, and runs the pure and the unit tests of what has changed since the last commit, again at each change.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { buildStep, root } from "./step.ts";

// Adapters and examples load core as it was built.
if (buildStep().failed > 0) process.exit(1);

const watchers: readonly (readonly [string, ...string[]])[] = [
  ["tsc", "-b", "--watch", "--preserveWatchOutput"],
  ["tsc", "-p", "tsconfig.test.json", "--watch", "--preserveWatchOutput"],
  ["vitest", "watch", "--project", "pure", "--project", "unit", "--changed", "HEAD", "--clearScreen=false"],
];
const env = { ...process.env, PATH: [join(root, "node_modules", ".bin"), process.env["PATH"]].join(delimiter) };
// Vitest hears keys: `a` runs all, `f` those that failed.
const children = watchers.map(([command, ...args], i) =>
  spawn(command, args, {
    cwd: root,
    env,
    stdio: [i === watchers.length - 1 ? "inherit" : "ignore", "inherit", "inherit"],
  }),
);
const stop = (): void => {
  for (const child of children) child.kill();
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, stop);
for (const child of children) {
  child.once("exit", (code) => {
    process.exitCode ||= code ?? 0;
    stop();
  });
}
