import assert from "node:assert/strict";
import { test } from "node:test";
import { readDump } from "./read-dump.ts";

/** A call from generated code into libc and one back, as callgrind writes them. */
function dumpOf({ total = "165 0 0 13 6" } = {}): string {
  return [
    "# callgrind format",
    "positions: instr",
    "events: Ir Dr Dw I1mr D1mr D1mw",
    "summary: 160 0 0 13 6",
    "",
    "ob=/usr/lib/libc.so.6",
    "fl=???",
    "fn=memcpy",
    "0x4cb0 100 0 0 2",
    "cob=???",
    "cfn=0x0000000028094f40",
    "calls=1 0x28094f40",
    "0x4cb0 9000 0 0 900 900",
    "ob=???",
    "fl=???",
    "fn=0x0000000028094f40",
    "0x28094f40 40 3 1 10 5",
    "0x28094f48 20",
    "fn=0x0000000028094f40'2",
    "0x28094f40 5 0 0 1 1",
    "",
    `totals: ${total}`,
  ].join("\n");
}

test("what a function spent in those that it called is not its own", () => {
  assert.deepEqual(readDump(dumpOf()).all, { instructions: 165, instructionMisses: 13, dataMisses: 6 });
});

test("generated code is told by the address of its instructions, in whatever function callgrind saw it", () => {
  assert.deepEqual(
    [...readDump(dumpOf()).generated],
    [
      [0x28094f40, { instructions: 45, instructionMisses: 11, dataMisses: 6 }],
      [0x28094f48, { instructions: 20, instructionMisses: 0, dataMisses: 0 }],
    ],
  );
});

test("a dump whose lines do not add up to its total is refused", () => {
  assert.throws(() => readDump(dumpOf({ total: "170 0 0 13 6" })), /tells 170 instructions, and its lines 165/);
  assert.throws(() => readDump(dumpOf().replace(/totals.*/, "")), /tells undefined/);
});

test("a dump without simulated caches is refused", () => {
  assert.throws(() => readDump(dumpOf().replace("I1mr", "Bc")), /has no I1mr/);
});
