import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The folder that holds the workspace. */
export const root: string = join(import.meta.dirname, "..");

/** Where reports of a run are left for whoever adds them up. */
export const reports: string = join(root, "node_modules", ".cache", "gossamer");

/** How many things went well and how many did not. A crash, and a suite in which nothing ran, are one failure each. */
export interface Count {
  passed: number;
  failed: number;
  /** What failed, by name, as far as it is known. */
  readonly failures?: readonly string[];
}

export interface RunOptions {
  /** @default the workspace's folder */
  readonly cwd?: string | undefined;
  /** After how long it is ended. @default never */
  readonly timeoutMs?: number | undefined;
  /** Variables beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a tool of this workspace on its own Node, its output passed through. Answers whether it ended with 0. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): boolean {
  const { cwd = root, timeoutMs, env = {} } = options;
  const path = [join(root, "node_modules", ".bin"), process.env["PATH"] ?? ""].join(delimiter);
  const result = spawnSync(command, args, {
    cwd,
    stdio: "inherit",
    env: { ...process.env, ...env, PATH: path },
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs, killSignal: "SIGKILL" as const }),
  });
  if (result.error !== undefined) console.error(`${command} did not end well: ${result.error.message}`);
  return result.status === 0;
}

/** Says which step begins, runs it, and says how it ended and after how long. */
export function step(name: string, work: () => Count): Count {
  console.log(`\n── ${name}`);
  const start = performance.now();
  const count = work();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`── ${name}: ${describe(count)} (${seconds} s)`);
  return { ...count, failures: failuresOf(name, count) };
}

/** A step that is one command: passed once or failed once. */
export function commandStep(name: string, command: string, ...args: readonly string[]): Count {
  return step(name, () => (run(command, args) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }));
}

/** What `pnpm build` does, as a step. */
export function buildStep(): Count {
  return step("build", () =>
    run("tsc", ["-b"]) && run("node", ["scripts/bundle.ts"]) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 },
  );
}

/** Prints what failed and the totals, leaves both as reports and ends the process: with 1 when anything failed or nothing ran. */
export function finish(report: string, counts: readonly Count[]): never {
  const total = { passed: 0, failed: 0 };
  for (const count of counts) {
    total.passed += count.passed;
    total.failed += count.failed;
  }
  mkdirSync(reports, { recursive: true });
  writeFileSync(join(reports, `${report}.json`), JSON.stringify(total));
  const failures = counts.flatMap((count) => failuresOf(report, count));
  // What went wrong in the middle of a long output is read at its end, and by whoever adds up several reports.
  const lines = failures.map((failure) => `failed: ${report}: ${failure}\n`).join("");
  writeFileSync(join(reports, `${report}.failures.txt`), lines);
  if (lines !== "") console.log(`\n${lines.trimEnd()}`);
  console.log(`\n${report}: ${describe(total)}`);
  process.exit(total.failed > 0 || total.passed === 0 ? 1 : 0);
}

function failuresOf(name: string, { failed, failures }: Count): readonly string[] {
  return failures ?? (failed > 0 ? [name] : []);
}

function describe(count: Count): string {
  return `${count.passed} passed, ${count.failed} failed`;
}
