import { expect, test } from "vitest";
import { RandomPool, systemRandom } from "./random.ts";

test("each random number is handed out once, and the source is asked once in 64 (R-S1)", () => {
  let filled = 0;
  let next = 0;
  const pool = new RandomPool((target) => {
    filled++;
    for (let i = 0; i < target.length; i++) target[i] = next++;
  });
  expect(filled).toBe(0);
  expect(Array.from({ length: 129 }, () => pool.take())).toEqual(Array.from({ length: 129 }, (_, i) => i));
  expect(filled).toBe(3);
});

test("random numbers differ and use all their bits (R-S1)", () => {
  const pool = new RandomPool(systemRandom);
  const drawn = Array.from({ length: 4_096 }, () => pool.take());
  expect(new Set(drawn).size).toBeGreaterThan(4_000);
  expect(drawn.reduce((bits, word) => bits | word, 0)).toBe(-1);
  expect(drawn.every((word) => Number.isInteger(word) && word === (word | 0))).toBe(true);
});

test("the same state never comes back when the system gives a new seed (R-S1)", () => {
  const first = new Int32Array(4);
  systemRandom(first);
  const seen = new Set([first.join()]);
  const next = new Int32Array(4);
  for (let filling = 0; filling < 5_000; filling++) {
    systemRandom(next);
    seen.add(next.join());
  }
  expect(seen.size).toBe(5_001);
});

test("two fillings have nothing in common, and ones are as likely as zeros in each bit (R-S1)", () => {
  const fillings = Array.from({ length: 64 }, () => {
    const filled = new Int32Array(1_024);
    systemRandom(filled);
    return filled;
  });
  const all = fillings.flatMap((filled) => [...filled]);
  // Of 65,536 draws of 32 bits about a half share no value; a repeated filling would share 1,024.
  expect(all.length - new Set(all).size).toBeLessThan(16);
  for (let bit = 0; bit < 32; bit++) {
    const ones = all.filter((word) => ((word >>> bit) & 1) === 1).length;
    // Eight standard deviations.
    expect(Math.abs(ones - all.length / 2)).toBeLessThan(8 * 128);
  }
});
