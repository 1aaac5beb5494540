import type { Diagnostics } from "../model/diagnostics.ts";
import type { BatchSettings } from "./batcher.ts";
import type { Breaker } from "./breaker.ts";
import type { Chunk, ChunkSource } from "./chunk.ts";
import type { CollectorLog } from "./collector-log.ts";
import type { RetrySettings } from "./retry.ts";
import type { Sender } from "./sender.ts";
import type { StartTimer } from "./timers.ts";

export interface ExportSettings {
  readonly queue: { readonly maxItems: number; readonly maxBytes: number };
  readonly batch: BatchSettings;
  readonly retry: RetrySettings;
  /** Batches on their way at once. */
  readonly maxConcurrentExports: number;
}

export interface ExportPipelineParts<Payload> {
  /** What an item is, in the plural: `spans`. */
  readonly unit: string;
  readonly settings: ExportSettings;
  /** What is still being written; its `seal` calls `add`. */
  readonly source?: ChunkSource | undefined;
  /** Makes the parts of a body of chunks, once a batch, just before its first try. */
  readonly assemble: (chunks: readonly Chunk<Payload>[]) => readonly Uint8Array[];
  /** Halves a chunk, for a collector to which it alone is too large; undefined when it cannot be halved. By default none can. */
  readonly split?: ((chunk: Chunk<Payload>) => readonly [Chunk<Payload>, Chunk<Payload>] | undefined) | undefined;
  readonly sender: Sender;
  /** Whether the user named the endpoint. */
  readonly endpointGiven: boolean;
  readonly diagnostics: Diagnostics;
  /** Shared by the signals of one collector, so that its trouble is one line; one of its own by default. */
  readonly collectorLog?: CollectorLog | undefined;
  readonly breaker?: Breaker | undefined;
  /** Monotonic milliseconds. */
  readonly now?: (() => number) | undefined;
  /** From 0 to 1. */
  readonly random?: (() => number) | undefined;
  readonly startTimer?: StartTimer | undefined;
}
