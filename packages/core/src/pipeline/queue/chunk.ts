/** Failed requests outlive healthy ones when a lane overflows. */
export type ChunkPriority = "healthy" | "failed";

/** Encoded telemetry on its way out. The pipeline moves it whole and never looks inside. */
export interface Chunk<Payload = unknown> {
  readonly payload: Payload;
  /** How many spans or data points it stands for; what the accounts count. */
  readonly items: number;
  /** What it holds in memory, about the bytes that will be sent before compression. */
  readonly bytes: number;
  readonly priority: ChunkPriority;
}

/** Telemetry that is still being written and has not entered the lane yet. */
export interface ChunkSource {
  /** Seals what is being written, so that it enters the lane before this returns. Nothing happens when nothing is being written. */
  seal(): void;
  readonly items: number;
  readonly bytes: number;
  /** When the oldest item was written, monotonic; undefined when there is none. */
  readonly oldestMs: number | undefined;
}
