import { expect, test } from "vitest";
import { RandomPool, systemRandom } from "./random.ts";

test("each random number is handed out once, and the source is asked once in 1,024 (R-S1)", () => {
  let filled = 0;
  let next = 0;
  const pool = new RandomPool((target) => {
    filled++;
    for (let i = 0; i < target.length; i++) target[i] = next++;
  });
  expect(filled).toBe(0);
  expect(Array.from({ length: 2_049 }, () => pool.take())).toEqual(Array.from({ length: 2_049 }, (_, i) => i));
  expect(filled).toBe(3);
});

test("the system's random numbers differ and use all their bits (R-S1)", () => {
  const pool = new RandomPool(systemRandom);
  const drawn = Array.from({ length: 4_096 }, () => pool.take());
  expect(new Set(drawn).size).toBeGreaterThan(4_000);
  expect(drawn.reduce((bits, word) => bits | word, 0)).toBe(-1);
  expect(drawn.every((word) => Number.isInteger(word) && word === (word | 0))).toBe(true);
});
