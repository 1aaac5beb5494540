import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { markRun } from "../scripts/compile-at-start.ts";

const requireHere = createRequire(import.meta.url);

test("functions that a start runs are compiled with the file, and the file does what it did (R-A8)", () => {
  const folder = mkdtempSync(join(tmpdir(), "gossamer-compiled-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const text = [
    '"use strict";const early=twice(4);',
    "function twice(n){return add(n,n)}",
    "function add(a,b){function inner(){return a+b}return inner()}function never(){return 0}",
    "const kept=function spare(){return 1};class Box{static of(){return new Box()}}",
    "module.exports={early,twice,add,never,kept,Box};",
  ].join("\n");
  const ran = (
    name: string,
    count = 1,
  ): { functionName: string; startOffset: number; endOffset: number; count: number } => {
    const startOffset = text.indexOf(`function ${name}(`);
    let endOffset = startOffset + 1;
    for (let depth = 0; depth > 0 || text.charAt(endOffset - 1) !== "}"; endOffset++) {
      if (text.charAt(endOffset) === "{") depth++;
      else if (text.charAt(endOffset) === "}") depth--;
    }
    return { functionName: name, startOffset, endOffset, count };
  };
  const made = markRun(text, [
    { functionName: "", startOffset: 0, endOffset: text.length, count: 1 },
    ...[ran("twice"), ran("add"), ran("inner"), ran("never", 0), ran("spare")],
  ]);
  expect(made.marked).toEqual(["twice", "add"]);
  expect(made.text).toMatch(/^"use strict";var twice=\(function\(n\)/);
  const file = join(folder, "made.cjs");
  writeFileSync(file, made.text);
  const { early, twice, add, never, kept } = requireHere(file) as Record<string, (...given: number[]) => number>;
  expect([early, add?.(1, 2), never?.(), kept?.()]).toEqual([8, 3, 0, 1]);
  expect([twice?.name, add?.length]).toEqual(["twice", 2]);
});

test("in the build for Node the functions that read options and put the engine together are among them (R-A8)", () => {
  const text = readFileSync(join(import.meta.dirname, "../packages/core/dist/bundle/adapter.cjs"), "utf8");
  for (const name of ["resolveOptions", "toSettings", "createRooms", "createExports"]) {
    expect(text).toContain(`${name}=(function(`);
  }
});

test("no expression in the build for Node asks for a property of Unicode's, which V8 looks up when it reads the file (R-A8)", () => {
  const text = readFileSync(join(import.meta.dirname, "../packages/core/dist/bundle/adapter.cjs"), "utf8");
  // In a string the backslash is doubled.
  expect(text.match(/(?<!\\)\\p\{\w+/gi) ?? []).toEqual([]);
});
