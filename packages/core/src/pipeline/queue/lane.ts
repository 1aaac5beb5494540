import type { Chunk, ChunkPriority } from "./chunk.ts";
import { ChunkQueue, type QueuedChunk } from "./chunk-queue.ts";
import { dropOldest, type LaneContents, type Overflow } from "./overflow.ts";

/** Telemetry lost on purpose, in items, and why in one word. */
export interface Drop {
  readonly items: number;
  readonly reason: string;
}

export interface LaneSettings<Payload> {
  readonly maxItems: number;
  readonly maxBytes: number;
  /** @default dropOldest */
  readonly overflow?: Overflow<Payload>;
  /** Told of every drop, one call a chunk, after the chunk has left. */
  readonly onDrop: (drop: Drop) => void;
  /** Takes what does not fit any more instead of it being dropped; false when it cannot. */
  readonly spill?: ((chunk: QueuedChunk<Payload>) => boolean) | undefined;
  /** Told of a chunk that did not fit any more and that was never taken, so that nobody looks at it. */
  readonly done?: ((chunks: readonly QueuedChunk<Payload>[]) => void) | undefined;
  /** Numbers the chunks of all lanes of a pipeline in one row; a row of its own by default. */
  readonly orders?: ChunkOrders | undefined;
}

/** Hands out the order of chunks. */
export interface ChunkOrders {
  next: number;
}

/**
 * Holds chunks in the order they came, never more than its bounds in items and bytes.
 *
 * Whole chunks are dropped on overflow, never parts. A chunk that could not fit into an empty lane is dropped by itself and costs no other.
 */
export class Lane<Payload = unknown> {
  readonly maxItems: number;
  readonly maxBytes: number;
  readonly #overflow: Overflow<Payload>;
  readonly #onDrop: (drop: Drop) => void;
  readonly #spill: ((chunk: QueuedChunk<Payload>) => boolean) | undefined;
  readonly #done: ((chunks: readonly QueuedChunk<Payload>[]) => void) | undefined;
  readonly #orders: ChunkOrders;
  readonly #contents: LaneContents<Payload>;
  readonly #healthy = new ChunkQueue<Payload>();
  readonly #failed = new ChunkQueue<Payload>();
  #items = 0;
  #bytes = 0;

  constructor(settings: LaneSettings<Payload>) {
    this.maxItems = settings.maxItems;
    this.maxBytes = settings.maxBytes;
    this.#overflow = settings.overflow ?? dropOldest;
    this.#onDrop = settings.onDrop;
    this.#spill = settings.spill;
    this.#done = settings.done;
    this.#orders = settings.orders ?? { next: 0 };
    this.#contents = {
      removeOldest: (priority) => this.#remove(this.#queue(priority)),
      removeNewest: (priority) => this.#counted(this.#queue(priority).pop()),
    };
  }

  get items(): number {
    return this.#items;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The order of the first chunk; Infinity when the lane is empty. */
  get oldestOrder(): number {
    return Math.min(this.#healthy.first?.order ?? Infinity, this.#failed.first?.order ?? Infinity);
  }

  /** The order the next chunk will get: all that is in the lane now is below it. */
  get nextOrder(): number {
    return this.#orders.next;
  }

  /** How much of its bound it uses, from 0 to 1: of items or bytes, whichever is more. */
  get use(): number {
    return Math.max(this.#items / this.maxItems, this.#bytes / this.maxBytes);
  }

  /** When the oldest item was written; undefined when the lane is empty. */
  get oldestMs(): number | undefined {
    const healthy = this.#healthy.first?.sinceMs;
    const failed = this.#failed.first?.sinceMs;
    if (healthy === undefined || failed === undefined) return healthy ?? failed;
    return Math.min(healthy, failed);
  }

  add(chunk: Chunk<Payload>, sinceMs = 0): void {
    if (chunk.items > this.maxItems || chunk.bytes > this.maxBytes) {
      this.#onDrop({ items: chunk.items, reason: "queue-full" });
      return;
    }
    const { payload, items, bytes, priority } = chunk;
    this.#queue(priority).push({
      payload,
      items,
      bytes,
      priority,
      order: this.#orders.next++,
      sinceMs,
      wasTaken: false,
    });
    this.#count(chunk, 1);
    this.#makeRoom();
  }

  /** Gives chunks that were taken their old place back. What no longer fits is dropped, as on overflow. */
  putBack(chunks: readonly QueuedChunk<Payload>[]): void {
    for (const chunk of chunks) {
      this.#queue(chunk.priority).insert({ ...chunk, wasTaken: true });
      this.#count(chunk, 1);
    }
    this.#makeRoom();
  }

  /** Takes whole chunks from the front as long as they fit, and at least one when there is one. */
  take(maxItems: number, maxBytes: number): QueuedChunk<Payload>[] {
    const taken: QueuedChunk<Payload>[] = [];
    let items = 0;
    let bytes = 0;
    for (;;) {
      const queue = this.#front();
      const next = queue.first;
      if (next === undefined) return taken;
      items += next.items;
      bytes += next.bytes;
      if (taken.length > 0 && (items > maxItems || bytes > maxBytes)) return taken;
      taken.push(next);
      this.#remove(queue);
    }
  }

  /** Takes the oldest chunk of a priority out; undefined when there is none. */
  takeOldest(priority: ChunkPriority): QueuedChunk<Payload> | undefined {
    return this.#remove(this.#queue(priority));
  }

  /** The order of the oldest chunk of a priority; Infinity when there is none. */
  oldestOrderOf(priority: ChunkPriority): number {
    return this.#queue(priority).first?.order ?? Infinity;
  }

  /** Drops all that is left, for one reason. */
  clear(reason: string): void {
    for (const chunk of this.take(Infinity, Infinity)) this.#onDrop({ items: chunk.items, reason });
  }

  #makeRoom(): void {
    while (this.#items > this.maxItems || this.#bytes > this.maxBytes) {
      const victim = this.#overflow(this.#contents);
      if (victim === undefined) return;
      if (this.#spill?.(victim) === true) continue;
      this.#onDrop({ items: victim.items, reason: "queue-full" });
      if (!victim.wasTaken) this.#done?.([victim]);
    }
  }

  #front(): ChunkQueue<Payload> {
    const healthy = this.#healthy.first?.order ?? Infinity;
    return (this.#failed.first?.order ?? Infinity) < healthy ? this.#failed : this.#healthy;
  }

  #queue(priority: ChunkPriority): ChunkQueue<Payload> {
    return priority === "failed" ? this.#failed : this.#healthy;
  }

  #remove(queue: ChunkQueue<Payload>): QueuedChunk<Payload> | undefined {
    return this.#counted(queue.shift());
  }

  /** A chunk that has just left its queue, off the accounts. */
  #counted(chunk: QueuedChunk<Payload> | undefined): QueuedChunk<Payload> | undefined {
    if (chunk !== undefined) this.#count(chunk, -1);
    return chunk;
  }

  #count(chunk: Chunk<Payload>, sign: 1 | -1): void {
    this.#items += sign * chunk.items;
    this.#bytes += sign * chunk.bytes;
  }
}
