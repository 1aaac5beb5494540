/**
 * Bytes of heap and buffers that `times` pieces of work leave behind, one by one, after a forced collection before and after.
 *
 * `external` already holds the array buffers. Needs `--expose-gc`.
 */
export async function heldBytesOf(work: (times: number) => Promise<void>, times: number): Promise<number> {
  const before = await settledBytes();
  await work(times);
  const after = await settledBytes();
  return (after - before) / times;
}

async function settledBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error("start node with --expose-gc");
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
