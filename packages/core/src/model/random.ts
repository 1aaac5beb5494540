import { builtin } from "./builtin.ts";

/** Where random bits come from: fills the array with uniform 32-bit integers. Tests pass a seeded one. */
export type RandomSource = (target: Int32Array) => void;

/** Random bits from the operating system's generator. */
export const systemRandom: RandomSource = (target) => {
  builtin("node:crypto").randomFillSync(target);
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
