/**
 * Bounds the finished spans that wait, over all jobs and requests of the process, for the end of theirs.
 *
 * Those of a sampled trace can leave ahead of their root and do so from half of the bound on, so that jobs that last long never take the room of
 * those that would be lost without it: the spans of a request of which nobody knows yet whether it is kept.
 */
export class HeldSpans {
  readonly maxBytes: number;
  #bytes = 0;

  constructor(maxBytes = 8_388_608) {
    this.maxBytes = maxBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether nothing more may wait. */
  get isFull(): boolean {
    return this.#bytes >= this.maxBytes;
  }

  /** Whether what may leave should not wait. */
  get isCrowded(): boolean {
    return this.#bytes * 2 >= this.maxBytes;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  release(bytes: number): void {
    this.#bytes -= bytes;
  }
}
