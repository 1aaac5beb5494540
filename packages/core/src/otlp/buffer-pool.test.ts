import { expect, test } from "vitest";
import { BufferPool } from "./buffer-pool.ts";

const buffers = (count: number, bytes: number): Buffer<ArrayBuffer>[] =>
  Array.from({ length: count }, () => Buffer.allocUnsafeSlow(bytes));

/** How many of those that it hands out are among the given ones; none twice. */
function keptOf(pool: BufferPool, given: readonly Buffer[], bytes: number): number {
  const taken = new Set(Array.from({ length: given.length + 1 }, () => pool.take(bytes)));
  expect(taken.size).toBe(given.length + 1);
  return given.filter((buffer) => taken.has(buffer as Buffer<ArrayBuffer>)).length;
}

test("a buffer that was given back is handed out again, once (R-P10)", () => {
  const pool = new BufferPool();
  const first = pool.take(64);
  expect(first).toHaveLength(64);
  expect(pool.take(64)).not.toBe(first);
  pool.give(first);
  expect(pool.take(64)).toBe(first);
  expect(pool.take(64)).not.toBe(first);
});

test("a buffer has memory of its own, which no other one shares (R-P10)", () => {
  const { byteOffset, buffer } = new BufferPool().take(64);
  expect([byteOffset, buffer.byteLength]).toEqual([0, 64]);
});

test("who asks for another size gets a new one of it, and those that wait stay (R-P10)", () => {
  const pool = new BufferPool();
  const waits = Buffer.alloc(64);
  pool.give(waits);
  expect(pool.take(32)).toHaveLength(32);
  expect(pool.take(128)).toHaveLength(128);
  expect(pool.take(64)).toBe(waits);
});

test("a buffer of another size than those that wait is let go (R-P10)", () => {
  const pool = new BufferPool();
  const waits = Buffer.alloc(64);
  const other = Buffer.alloc(128);
  pool.give(waits);
  pool.give(other);
  expect(pool.take(128)).not.toBe(other);
  expect(pool.take(64)).toBe(waits);
});

test("at most 32 wait, however many come back (R-P10)", () => {
  const pool = new BufferPool();
  const given = buffers(100, 64);
  for (const buffer of given) pool.give(buffer);
  expect(keptOf(pool, given, 64)).toBe(32);
  for (const buffer of given) pool.give(buffer);
  expect(keptOf(pool, given, 64)).toBe(32);
});
