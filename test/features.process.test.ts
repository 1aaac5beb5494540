import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const run = promisify(execFile);
/** Of this process only where programs are, and what Node has compiled before. */
const { PATH, NODE_COMPILE_CACHE } = process.env;
const env = { PATH, NODE_COMPILE_CACHE };
const folder = join(import.meta.dirname, "..", "examples", "features");
const files = globSync("*.ts", { cwd: folder }).toSorted();

it("there is an example of each feature (R-D6)", () => {
  expect(files.length).toBeGreaterThanOrEqual(20);
});

it.each(files)("examples/features/%s runs by itself and prints what it says (R-D6)", async (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  const [, said = ""] = text.split("\n// Prints:\n");
  expect(said).not.toBe("");
  const { stdout } = await run(process.execPath, [file], { cwd: folder, env });
  expect(stdout).toBe(said.replaceAll(/^\/\/ /gm, ""));
});
