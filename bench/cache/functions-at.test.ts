import assert from "node:assert/strict";
import { test } from "node:test";
import { functionsAt } from "./functions-at.ts";

const map = [
  "1000 100 JS:~begin file:///app/packages/core/dist/adapter.js:10:5",
  "1000 80 JS:*end file:///app/packages/core/dist/adapter.js:20:7",
  "1100 40 JS:^ node:net:5:9",
  "1140 10 Builtin:Call_ReceiverIsAny",
  "JS:was moved",
].join("\n");

test("an address is of the function whose code V8 put there last", () => {
  const functions = functionsAt([0x1000, 0x107f, 0x1080], map);
  assert.deepEqual(functions.get(0x1000), { name: "end", file: "file:///app/packages/core/dist/adapter.js" });
  assert.deepEqual(functions.get(0x107f)?.name, "end");
  assert.deepEqual(functions.get(0x1080)?.name, "begin");
});

test("functions without a name and code of no module are told as such", () => {
  const functions = functionsAt([0x1100, 0x1140, 0x1150], map);
  assert.deepEqual(functions.get(0x1100), { name: "(anonymous)", file: "node:net" });
  assert.deepEqual(functions.get(0x1140), { name: "Builtin:Call_ReceiverIsAny", file: "" });
  assert.equal(functions.has(0x1150), false);
});
