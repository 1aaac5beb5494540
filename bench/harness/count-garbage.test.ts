import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { countGarbage } from "./count-garbage.ts";

test("allocated bytes are counted whether or not they are collected meanwhile", async () => {
  const kept: unknown[] = [];
  // An array is four words, and its elements are two and their own: 128 bytes.
  const allocate = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) kept[i & 255] = new Array(10).fill(i);
  };
  await allocate(100_000);
  const { allocatedBytes, collections, gcMicros, cpuMicros } = await countGarbage(() => allocate(300_000));
  const bytes = allocatedBytes / 300_000;
  assert.ok(collections > 0);
  assert.ok(Math.abs(bytes - 128) < 3, `${bytes} bytes`);
  assert.ok(gcMicros > 0 && gcMicros < cpuMicros * 2);
});

test("what allocates twice as much is seen to", async () => {
  const kept: unknown[] = [];
  const allocate = async (bytes: number): Promise<void> => {
    for (let i = 0; i < 200_000; i++) kept[i & 255] = new Array(bytes / 8 - 6).fill(i);
  };
  await allocate(256);
  const once = await countGarbage(() => allocate(256));
  const twice = await countGarbage(() => allocate(512));
  const ratio = twice.allocatedBytes / once.allocatedBytes;
  assert.ok(Math.abs(ratio - 2) < 0.1, `${ratio} times`);
});

test("collections of the whole heap are told apart", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const { fullCollections } = await countGarbage(async () => {
    for (let i = 0; i < 3; i++) collect();
  });
  assert.equal(fullCollections, 3);
});
