import assert from "node:assert/strict";
import { test } from "node:test";
import { requireCallgrind } from "./callgrind.ts";

test("where there is no valgrind it is said how to install it", (t) => {
  const { PATH } = process.env;
  t.after(() => (process.env["PATH"] = PATH));
  process.env["PATH"] = "/nowhere";
  assert.throws(requireCallgrind, /apt-get install valgrind/);
});
