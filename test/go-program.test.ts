import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { goProgram } from "../scripts/go-program.ts";

const path = process.env["PATH"];
let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "gossamer-go-"));
});
afterEach(() => {
  process.env["PATH"] = path;
  rmSync(cache, { recursive: true, force: true });
});

it("a program is built once, however many ask for it at the same time, and nothing else is left", async () => {
  let builds = 0;
  const build = async (_go: unknown, folder: string): Promise<void> => {
    builds++;
    await delay(50);
    writeFileSync(join(folder, "program"), "built");
  };
  const programs = await Promise.all([1, 2, 3].map(async () => goProgram("kind/program-1", build, cache)));
  expect(builds).toBe(1);
  expect(new Set(programs).size).toBe(1);
  expect(readFileSync(programs[0] ?? "", "utf8")).toBe("built");
  expect(readdirSync(join(cache, "kind"))).toEqual(["program-1"]);
});

it("a lock whose holder is gone holds nobody up", async () => {
  mkdirSync(join(cache, "kind"));
  // Greater than any process id of the systems that this runs on.
  writeFileSync(join(cache, "kind/program-1.lock"), "99999999");
  const build = async (_go: unknown, folder: string): Promise<void> => writeFileSync(join(folder, "program"), "built");
  expect(existsSync(await goProgram("kind/program-1", build, cache))).toBe(true);
});

it("a machine without Go is told what to install, and the next try builds", async () => {
  process.env["PATH"] = cache;
  await expect(goProgram("program", async (go) => go("build"), cache)).rejects.toThrow("go is missing: install 1.26");
  process.env["PATH"] = path;
  const build = async (_go: unknown, folder: string): Promise<void> => writeFileSync(join(folder, "program"), "built");
  expect(existsSync(await goProgram("program", build, cache))).toBe(true);
});
