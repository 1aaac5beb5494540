import { builtin } from "./builtin.ts";

/** Where random bits come from: fills the array with uniform 32-bit integers. Tests pass a seeded one. */
export type RandomSource = (target: Int32Array) => void;

const seed = new Int32Array(4);

/**
 * Random bits that start from 128 of the operating system's for every filling, and go on by xoshiro128**: ids have to differ, not to be secret, and
 * the system's generator takes several times as long.
 *
 * Source: D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators" (2018)
 */
export const systemRandom: RandomSource = (target) => {
  builtin("node:crypto").randomFillSync(seed);
  // All zeros would stay zeros.
  let a = seed[0]! | 1;
  let [, b, c, d] = seed as unknown as [number, number, number, number];
  for (let i = 0; i < target.length; i++) {
    const mixed = Math.imul(b, 5);
    target[i] = Math.imul((mixed << 7) | (mixed >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
  }
};

/** Hands out random 32-bit integers (signed, so that V8 keeps them unboxed) from a pool filled 1,024 at a time. */
export class RandomPool {
  readonly #source: RandomSource;
  readonly #pool = new Int32Array(1024);
  #next = 1024;

  constructor(source: RandomSource) {
    this.#source = source;
  }

  take(): number {
    if (this.#next === 1024) {
      this.#source(this.#pool);
      this.#next = 0;
    }
    return this.#pool[this.#next++]!;
  }
}
