import type { Chunk } from "./chunk.ts";

/** A chunk with its place in a lane, which it keeps when it is put back. */
export interface QueuedChunk<Payload = unknown> extends Chunk<Payload> {
  /** Rises by one with each chunk added to the lane. */
  readonly order: number;
  /** When its oldest item was written, monotonic. */
  readonly sinceMs: number;
  /** Whether it was taken before and put back, so that somebody may still look at it. */
  readonly wasTaken: boolean;
}

/** Chunks in their order. Taking the first costs the same however many there are. */
export class ChunkQueue<Payload> {
  #chunks: (QueuedChunk<Payload> | undefined)[] = [];
  #head = 0;

  get first(): QueuedChunk<Payload> | undefined {
    return this.#chunks[this.#head];
  }

  push(chunk: QueuedChunk<Payload>): void {
    this.#chunks.push(chunk);
  }

  /** Puts a chunk where its order belongs. Cheap for one that is older than nearly all, as one that was taken is. */
  insert(chunk: QueuedChunk<Payload>): void {
    if (this.#head > 0) {
      this.#chunks.splice(0, this.#head);
      this.#head = 0;
    }
    const place = this.#chunks.findIndex((other) => other !== undefined && other.order > chunk.order);
    if (place === -1) this.#chunks.push(chunk);
    else this.#chunks.splice(place, 0, chunk);
  }

  /** Takes the last one out. */
  pop(): QueuedChunk<Payload> | undefined {
    return this.#chunks.length > this.#head ? this.#chunks.pop() : undefined;
  }

  shift(): QueuedChunk<Payload> | undefined {
    const chunk = this.#chunks[this.#head];
    if (chunk === undefined) return undefined;
    // The slot is emptied at once, or a taken chunk would stay in memory until the array is compacted.
    this.#chunks[this.#head++] = undefined;
    if (this.#head > 32 && this.#head * 2 > this.#chunks.length) {
      this.#chunks = this.#chunks.slice(this.#head);
      this.#head = 0;
    }
    return chunk;
  }
}
