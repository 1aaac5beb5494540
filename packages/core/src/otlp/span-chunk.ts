import type { Scope } from "../model/scope.ts";

/** Spans of one scope that lie next to each other in a chunk. */
export interface SpanSegment {
  readonly scope: Scope;
  /** Index of its first span. */
  readonly first: number;
}

/** Finished spans as OTLP bytes: what a lane queues, a batch sends and a spool stores. */
export interface SpanChunk {
  /** `spans` fields of `ScopeSpans`, one behind the other. */
  readonly bytes: Uint8Array;
  /** Where each span ends in `bytes`. */
  readonly ends: Uint32Array;
  readonly segments: readonly SpanSegment[];
  /** The buffer that `bytes` lies in, where it is this chunk's alone: it may be written again when nobody looks at the chunk any more. */
  readonly room?: Buffer<ArrayBuffer> | undefined;
}
