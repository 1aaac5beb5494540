/** Bounds the finished spans that wait, over all requests of the process, for the end of theirs. */
export class HeldSpans {
  readonly #max: number;
  #count = 0;

  /** @param max about a kilobyte each */
  constructor(max = 8_192) {
    this.#max = max;
  }

  get isFull(): boolean {
    return this.#count >= this.#max;
  }

  /** Takes a place; false when there is none. */
  take(): boolean {
    if (this.isFull) return false;
    this.#count++;
    return true;
  }

  release(count: number): void {
    this.#count -= count;
  }
}
