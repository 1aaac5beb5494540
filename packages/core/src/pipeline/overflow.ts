import type { ChunkPriority } from "./chunk.ts";
import type { QueuedChunk } from "./chunk-queue.ts";

/** What an overflow strategy may do to a lane. */
export interface LaneContents<Payload> {
  /** Takes out the oldest chunk of a priority; undefined when there is none. */
  removeOldest(priority: ChunkPriority): QueuedChunk<Payload> | undefined;
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
