import type { Scope } from "../model/scope.ts";
import type { Chunk, ChunkPriority } from "../pipeline/queue/chunk.ts";

/** Items of one scope that lie next to each other in a chunk. */
export interface ScopeSegment {
  readonly scope: Scope;
  /** Index of its first item. */
  readonly first: number;
}

/** Finished spans, or log records, as OTLP bytes: what a lane queues, a batch sends and a spool stores. */
export interface EncodedChunk {
  /** `spans` fields of `ScopeSpans`, or `log_records` of `ScopeLogs`, one behind the other: both are field 2. */
  readonly bytes: Uint8Array;
  /** Where each item ends in `bytes`. */
  readonly ends: Uint32Array;
  readonly segments: readonly ScopeSegment[];
  /** The buffer that `bytes` lies in, where it is this chunk's alone: it may be written again when nobody looks at the chunk any more. */
  readonly room?: Buffer<ArrayBuffer> | undefined;
}

/** The same as a lane takes it. */
export function toChunk(payload: EncodedChunk, priority: ChunkPriority): Chunk<EncodedChunk> {
  return { payload, items: payload.ends.length, bytes: payload.bytes.byteLength, priority };
}
