import { builtin } from "./builtin.ts";

/** Where random bits come from: fills the array with uniform 32-bit integers. Tests pass a seeded one. */
export type RandomSource = (target: Int32Array) => void;

/** Fillings from one seed. */
const fillingsASeed = 1_024;
const state = new Int32Array(4);
let fillings = 0;

/**
 * Random bits that start from 128 of the operating system's, anew for every 1,024 fillings, and go on by xoshiro128**: ids have to differ, not to be
 * secret, and the system's generator takes several times as long.
 *
 * Source: D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators" (2018)
 */
export const systemRandom: RandomSource = (target) => {
  if (fillings === 0) builtin("node:crypto").randomFillSync(state);
  fillings = (fillings + 1) % fillingsASeed;
  // All zeros would stay zeros.
  let a = state[0]! || 1;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
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
  state[0] = a;
  state[1] = b;
  state[2] = c;
  state[3] = d;
};

/** A filling is soon used up, so that what fills it is called often enough for V8 to make it fast. */
const poolSize = 64;

/** Hands out random 32-bit integers (signed, so that V8 keeps them unboxed) from a pool filled 64 at a time. */
export class RandomPool {
  readonly #source: RandomSource;
  readonly #pool = new Int32Array(poolSize);
  #next = poolSize;

  constructor(source: RandomSource) {
    this.#source = source;
  }

  take(): number {
    if (this.#next === poolSize) {
      this.#source(this.#pool);
      this.#next = 0;
    }
    return this.#pool[this.#next++]!;
  }
}
