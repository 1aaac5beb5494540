import { Tally } from "../../tally/tally.ts";
import { Batcher, type BatchSettings, type BatchSize, type Waiting } from "./batcher.ts";
import type { Chunk, ChunkSource } from "./chunk.ts";
import type { QueuedChunk } from "./chunk-queue.ts";
import { DynamicBatch, type DynamicBatchSettings } from "./dynamic-batch.ts";
import { type ChunkOrders, Lane } from "./lane.ts";
import { overflowOf, type OverflowName } from "./overflow.ts";

/** What a lane of a pipeline is made of. */
export interface LaneParts {
  readonly name: string;
  readonly queue: { readonly maxItems: number; readonly maxBytes: number };
  readonly batch: BatchSettings;
  /** What is still being written for it; its `seal` adds to this lane. */
  readonly source?: ChunkSource | undefined;
  /** @default "drop-oldest" */
  readonly overflow?: OverflowName | undefined;
  /** Lets size and delay of its batches move. */
  readonly dynamic?: DynamicBatchSettings | undefined;
}

export interface LaneHost<Payload> {
  readonly orders: ChunkOrders;
  readonly dropped: (lane: PipelineLane<Payload>, items: number, reason: string) => void;
  readonly spill: (lane: PipelineLane<Payload>, chunk: QueuedChunk<Payload>) => boolean;
  readonly done?: ((chunks: readonly QueuedChunk<Payload>[]) => void) | undefined;
}

/** A delay of nothing must not make a timer that rings all the time. */
const minLookMs = 50;

/** A lane with what is being written for it, and when its next batch leaves. */
export class PipelineLane<Payload> {
  readonly name: string;
  readonly overflow: OverflowName;
  readonly drops: Tally = new Tally();
  accepted = 0;
  readonly #lane: Lane<Payload>;
  readonly #batcher: Batcher;
  readonly #dynamic: DynamicBatch | undefined;
  readonly #size: ScaledSize;
  readonly #source: ChunkSource | undefined;
  /** What one batch may hold, which is more than what makes one leave where the queue is small beside it. */
  readonly #most: BatchSettings;

  constructor(parts: LaneParts, host: LaneHost<Payload>) {
    const { name, queue, batch, overflow = "drop-oldest", dynamic } = parts;
    this.name = name;
    this.overflow = overflow;
    this.#source = parts.source;
    this.#most = batch;
    this.#lane = new Lane<Payload>({
      ...queue,
      orders: host.orders,
      overflow: overflowOf(overflow),
      spill: overflow === "spill" ? (chunk) => host.spill(this, chunk) : undefined,
      done: host.done,
      onDrop: ({ items, reason }) => host.dropped(this, items, reason),
    });
    this.#dynamic = dynamic === undefined ? undefined : new DynamicBatch(dynamic);
    const settings: BatchSettings = {
      delayMs: batch.delayMs,
      // A lane must have room for a second batch while the first one gathers, or chunks would be dropped that nobody tried to send.
      maxItems: Math.min(dynamic?.maxItems ?? batch.maxItems, queue.maxItems / 2),
      maxBytes: Math.min(batch.maxBytes, queue.maxBytes / 2),
    };
    this.#size = new ScaledSize(this.#dynamic ?? settings);
    this.#batcher = new Batcher(settings, this.#size);
  }

  get items(): number {
    return this.#lane.items;
  }
  get bytes(): number {
    return this.#lane.bytes;
  }
  get writing(): number {
    return this.#source?.items ?? 0;
  }
  /** In the lane and being written. */
  get heldBytes(): number {
    return this.#lane.bytes + (this.#source?.bytes ?? 0);
  }
  get use(): number {
    return this.#lane.use;
  }
  get capacity(): { readonly maxItems: number; readonly maxBytes: number } {
    const { maxItems, maxBytes } = this.#lane;
    return { maxItems, maxBytes };
  }
  get oldestOrder(): number {
    return this.#lane.oldestOrder;
  }
  /** How batches are made just now. */
  get batch(): { readonly maxItems: number; readonly delayMs: number } {
    return { maxItems: this.#batcher.maxItems, delayMs: this.#batcher.delayMs };
  }

  /** Multiplies size and delay of batches. */
  scaleBatches(factor: number): void {
    this.#size.factor = factor;
  }

  /** Whether one more batch could push chunks out that nobody tried to send. */
  get isCrowded(): boolean {
    const { maxItems, maxBytes } = this.#lane;
    return (
      this.#lane.items + this.writing > maxItems - this.#batcher.settings.maxItems ||
      this.heldBytes > maxBytes - this.#batcher.settings.maxBytes
    );
  }

  /** Whether a healthy chunk that is added now is dropped by its own lane. */
  get refusesHealthy(): boolean {
    return this.overflow === "drop-newest" && this.#lane.items >= this.#lane.maxItems;
  }

  /** How often to look whether something is being written, at the latest; Infinity when nothing can be. */
  get lookEveryMs(): number {
    return this.#source === undefined ? Infinity : Math.max(minLookMs, this.#batcher.delayMs);
  }

  add(chunk: Chunk<Payload>, sinceMs: number): void {
    this.accepted += chunk.items;
    this.#lane.add(chunk, sinceMs);
  }

  putBack(chunks: readonly QueuedChunk<Payload>[]): void {
    this.#lane.putBack(chunks);
  }

  seal(): void {
    this.#source?.seal();
  }

  look(nowMs: number): void {
    this.#dynamic?.look({ accepted: this.accepted + this.writing, use: this.use }, nowMs);
  }

  /** When its next batch leaves, as far as it alone decides. Chunks below `flushOrder` leave now; with Infinity also what is being written. */
  leavesAtMs(nowMs: number, flushOrder: number): number {
    const waiting = this.#waiting();
    const isFlushed = this.oldestOrder < flushOrder || (flushOrder === Infinity && waiting.items > 0);
    return isFlushed ? nowMs : this.#batcher.leavesAtMs(waiting, nowMs);
  }

  /** The next batch; empty when there is nothing. */
  takeBatch(): readonly QueuedChunk<Payload>[] {
    if (!this.#batcher.isFull(this.#lane)) this.seal();
    const { maxItems, maxBytes } = this.#most;
    return this.#lane.take(this.#dynamic === undefined ? maxItems : this.#batcher.maxItems, maxBytes);
  }

  takeOldest(priority: "healthy" | "failed"): QueuedChunk<Payload> | undefined {
    return this.#lane.takeOldest(priority);
  }

  oldestOrderOf(priority: "healthy" | "failed"): number {
    return this.#lane.oldestOrderOf(priority);
  }

  clear(reason: string): void {
    this.#lane.clear(reason);
  }

  #waiting(): Waiting {
    const source = this.#source;
    const lane = this.#lane;
    if (source === undefined || source.oldestMs === undefined) {
      return { items: lane.items, bytes: lane.bytes, oldestMs: lane.oldestMs };
    }
    return {
      items: lane.items + source.items,
      bytes: lane.bytes + source.bytes,
      oldestMs: Math.min(lane.oldestMs ?? Infinity, source.oldestMs),
    };
  }
}

/** The size of batches, less where that is asked for. */
class ScaledSize implements BatchSize {
  factor = 1;
  readonly #whole: BatchSize;

  constructor(whole: BatchSize) {
    this.#whole = whole;
  }

  get maxItems(): number {
    return Math.max(1, Math.round(this.#whole.maxItems * this.factor));
  }

  get delayMs(): number {
    return this.#whole.delayMs * this.factor;
  }
}
