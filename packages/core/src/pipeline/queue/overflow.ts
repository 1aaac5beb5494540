import type { ChunkPriority } from "./chunk.ts";
import type { QueuedChunk } from "./chunk-queue.ts";

/** What an overflow strategy may do to a lane. */
export interface LaneContents<Payload> {
  /** Takes out the oldest chunk of a priority; undefined when there is none. */
  removeOldest(priority: ChunkPriority): QueuedChunk<Payload> | undefined;
  /** Takes out the newest chunk of a priority; undefined when there is none. */
  removeNewest(priority: ChunkPriority): QueuedChunk<Payload> | undefined;
}

/**
 * Takes the next chunk out of a lane that is over its bound, the one just added included. Called until the lane is within it.
 *
 * What it takes out is counted as a drop.
 */
export type Overflow<Payload> = (contents: LaneContents<Payload>) => QueuedChunk<Payload> | undefined;

/** The oldest healthy chunk goes; a failed one only when no healthy one is left. */
export function dropOldest<Payload>(contents: LaneContents<Payload>): QueuedChunk<Payload> | undefined {
  return contents.removeOldest("healthy") ?? contents.removeOldest("failed");
}

/** The newest healthy chunk goes, which most often is the one just added; a failed one only when no healthy one is left. */
function dropNewest<Payload>(contents: LaneContents<Payload>): QueuedChunk<Payload> | undefined {
  return contents.removeNewest("healthy") ?? contents.removeNewest("failed");
}

/**
 * What a lane does when it is full. `spill`: the oldest goes to the fallback's store instead of being dropped. `block`: new requests are held
 * before their handler, for a while; what comes all the same drops the oldest.
 */
export type OverflowName = "drop-oldest" | "drop-newest" | "spill" | "block";

export function overflowOf<Payload>(name: OverflowName): Overflow<Payload> {
  return name === "drop-newest" ? dropNewest : dropOldest;
}
