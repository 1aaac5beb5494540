/**
 * What a reading rose by since the one before, made anew at most once in a while: several readers of the same metric see the same value, and
 * none takes the stretch of another.
 */
export class SinceLast<Reading, Value> {
  readonly #everyMs: number;
  readonly #now: () => number;
  readonly #take: () => Reading;
  readonly #rise: (last: Reading, next: Reading, elapsedMs: number) => Value;
  #last: Reading;
  #lastMs: number;
  #value: Value | undefined;

  constructor(
    everyMs: number,
    now: () => number,
    take: () => Reading,
    rise: (last: Reading, next: Reading, elapsedMs: number) => Value,
  ) {
    this.#everyMs = everyMs;
    this.#now = now;
    this.#take = take;
    this.#rise = rise;
    this.#last = take();
    this.#lastMs = now();
  }

  read(): Value {
    const nowMs = this.#now();
    const elapsedMs = nowMs - this.#lastMs;
    if (this.#value !== undefined && elapsedMs < this.#everyMs) return this.#value;
    const next = this.#take();
    // A first look right at the start has a short stretch; one of none at all would divide by it.
    this.#value = this.#rise(this.#last, next, Math.max(elapsedMs, 1));
    this.#last = next;
    this.#lastMs = nowMs;
    return this.#value;
  }
}
