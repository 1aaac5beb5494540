import assert from "node:assert/strict";
import { test } from "node:test";
import { markdownBlock, markdownTable } from "./markdown.ts";

test("a bar in a cell does not begin another cell", () => {
  assert.equal(markdownTable(["a", "b"], [["x|y", "1"]]), "| a | b |\n|---|---:|\n| x\\|y | 1 |");
});

test("printed text cannot end its block", () => {
  assert.equal(markdownBlock("a ``` b"), "````text\na ``` b\n````");
});
