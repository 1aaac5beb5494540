import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolders } from "./make-folders.ts";

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), "gossamer-folders-"))));
afterEach(() => rmSync(root, { recursive: true }));

test("folders are made with all that are above them, each with its access, and those that are there stay (R-G4)", () => {
  makeFolders(join(root, "a", "b", "c"), 0o700);
  makeFolders(join(root, "a", "b", "c"), 0o755);
  expect([["a"], ["a", "b"], ["a", "b", "c"]].map((path) => statSync(join(root, ...path)).mode & 0o777)).toEqual([
    0o700, 0o700, 0o700,
  ]);
});

test("a folder that cannot be made is an error, and never a loop (R-C3)", () => {
  writeFileSync(join(root, "file"), "");
  symlinkSync(join(root, "nowhere"), join(root, "link"));
  expect(() => makeFolders(join(root, "file", "a", "b"))).toThrow("ENOTDIR");
  expect(() => makeFolders(join(root, "link", "a"))).toThrow("ENOENT");
  expect(() => makeFolders("/proc/nope/deeper")).toThrow("ENOENT");
});
