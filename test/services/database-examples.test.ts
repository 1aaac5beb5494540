import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
const folder = join(import.meta.dirname, "..", "..", "examples", "databases");

it.each(["postgres.ts", "redis.ts"])(
  "examples/databases/%s starts its server, runs and prints what it says (R-D6, R-I5)",
  async (file) => {
    const [, said = ""] = readFileSync(join(folder, file), "utf8").split("\n// Prints:\n");
    expect(said).not.toBe("");
    const { stdout } = await run(process.execPath, [file], { cwd: folder, env: { PATH: process.env["PATH"] } });
    expect(stdout).toBe(said.replaceAll(/^\/\/ /gm, ""));
  },
  120_000,
);
