import type { Chunk } from "./chunk.ts";
import type { QueuedChunk } from "./chunk-queue.ts";
import { type LaneHost, type LaneParts, PipelineLane } from "./pipeline-lane.ts";

export interface LaneSetSettings<Payload> {
  /** The first goes first when several are due. */
  readonly lanes: readonly LaneParts[];
  /** Where chunks of a lane that is not there go. */
  readonly mainLane: string;
  /** Over all lanes, with what `heldElsewhere` answers. @default none */
  readonly maxBytes?: number | undefined;
  /** Bytes that are not in lanes and count all the same: batches on their way, a ring. */
  readonly heldElsewhere: () => number;
  readonly dropped: LaneHost<Payload>["dropped"];
  readonly spill: LaneHost<Payload>["spill"];
  readonly done?: LaneHost<Payload>["done"];
}

/** The lanes of a pipeline, whose chunks are numbered in one row, and the ceiling over all of them. */
export class LaneSet<Payload> {
  readonly all: readonly PipelineLane<Payload>[];
  readonly main: PipelineLane<Payload>;
  readonly #settings: LaneSetSettings<Payload>;
  readonly #orders = { next: 0 };
  readonly #byName: ReadonlyMap<string, PipelineLane<Payload>>;

  constructor(settings: LaneSetSettings<Payload>) {
    const { lanes, mainLane, dropped, spill, done } = settings;
    this.#settings = settings;
    this.all = lanes.map((parts) => new PipelineLane<Payload>(parts, { orders: this.#orders, dropped, spill, done }));
    this.#byName = new Map(this.all.map((lane) => [lane.name, lane]));
    const main = this.#byName.get(mainLane);
    if (main === undefined) throw new RangeError(`there is no lane ${mainLane}`);
    this.main = main;
  }

  get items(): number {
    return this.all.reduce((sum, { items }) => sum + items, 0);
  }
  get bytes(): number {
    return this.all.reduce((sum, { bytes }) => sum + bytes, 0);
  }
  get writing(): number {
    return this.all.reduce((sum, { writing }) => sum + writing, 0);
  }
  get accepted(): number {
    return this.all.reduce((sum, { accepted }) => sum + accepted, 0);
  }
  /** In memory: lanes, and what is being written. */
  get ownBytes(): number {
    return this.all.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }
  /** With what is held elsewhere. */
  get heldBytes(): number {
    return this.ownBytes + this.#settings.heldElsewhere();
  }
  get oldestOrder(): number {
    return this.all.reduce((oldest, lane) => Math.min(oldest, lane.oldestOrder), Infinity);
  }
  /** The order the next chunk will get: all that is in a lane now is below it. */
  get nextOrder(): number {
    return this.#orders.next;
  }
  get lookEveryMs(): number {
    return this.all.reduce((every, lane) => Math.min(every, lane.lookEveryMs), Infinity);
  }

  get(name: string): PipelineLane<Payload> {
    return this.#byName.get(name) ?? this.main;
  }

  add(lane: PipelineLane<Payload>, chunk: Chunk<Payload>, sinceMs: number): void {
    lane.add(chunk, sinceMs);
    this.#keepBelowCeiling();
  }

  seal(): void {
    for (const lane of this.all) lane.seal();
  }

  look(nowMs: number): void {
    for (const lane of this.all) lane.look(nowMs);
    this.#keepBelowCeiling();
  }

  /** The first lane in turn of which a batch is due. */
  due(nowMs: number, flushOrder: number): PipelineLane<Payload> | undefined {
    return this.all.find((lane) => lane.leavesAtMs(nowMs, flushOrder) <= nowMs);
  }

  leavesAtMs(nowMs: number, flushOrder: number): number {
    return this.all.reduce((atMs, lane) => Math.min(atMs, lane.leavesAtMs(nowMs, flushOrder)), Infinity);
  }

  #keepBelowCeiling(): void {
    const { maxBytes, dropped } = this.#settings;
    if (maxBytes === undefined) return;
    while (this.heldBytes > maxBytes) {
      const [lane, chunk] = this.#takeOldest("healthy") ?? this.#takeOldest("failed") ?? [];
      if (lane === undefined || chunk === undefined) return;
      dropped(lane, chunk.items, "memory");
    }
  }

  #takeOldest(priority: "healthy" | "failed"): [PipelineLane<Payload>, QueuedChunk<Payload>] | undefined {
    let oldest: PipelineLane<Payload> | undefined;
    for (const lane of this.all) {
      if (lane.oldestOrderOf(priority) < (oldest?.oldestOrderOf(priority) ?? Infinity)) oldest = lane;
    }
    const chunk = oldest?.takeOldest(priority);
    return oldest === undefined || chunk === undefined ? undefined : [oldest, chunk];
  }
}
