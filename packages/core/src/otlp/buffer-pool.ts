/** Enough for what a batch and the one behind it fill. */
const maxFree = 32;

/**
 * Buffers of one size that are written again when what was in them has left.
 *
 * A buffer that waited for its batch is old by then: the collector would take it with its next full collection, of which a service at work has one in tens of
 * thousands of requests, and what the C allocator got back by then stays with the process.
 */
export class BufferPool {
  readonly #free: Buffer<ArrayBuffer>[] = [];

  /** Its content is anything. */
  take(bytes: number): Buffer<ArrayBuffer> {
    const free = this.#free.at(-1);
    if (free?.length !== bytes) return Buffer.allocUnsafeSlow(bytes);
    this.#free.pop();
    return free;
  }

  /** Gives a buffer back that nobody looks at any more. Beyond 32, and of another size than those that wait, it is let go. */
  give(buffer: Buffer<ArrayBuffer>): void {
    const free = this.#free.at(-1);
    if (this.#free.length < maxFree && (free === undefined || free.length === buffer.length)) this.#free.push(buffer);
  }
}
