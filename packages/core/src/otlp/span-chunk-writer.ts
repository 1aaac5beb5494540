import type { Clock } from "../model/clock.ts";
import type { Scope } from "../model/scope.ts";
import type { SpanData } from "../model/span-data.ts";
import type { Chunk, ChunkPriority } from "../pipeline/queue/chunk.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import type { SpanChunk, SpanSegment } from "./span-chunk.ts";
import { writeSpan } from "./span-writer.ts";

export interface SpanChunkWriterSettings {
  /** A chunk is sealed at this number of spans: never more than a batch. */
  readonly maxSpans: number;
  /** A chunk is sealed before it would grow past this. */
  readonly maxBytes: number;
  /** A span larger than a chunk is one by itself, up to this; beyond it is dropped. @default maxBytes */
  readonly maxSpanBytes?: number | undefined;
  /** Of every chunk: failed and healthy spans gather apart, so that an overflow can tell them. */
  readonly priority: ChunkPriority;
  readonly clock: Clock;
  /** Where its buffers come from. @default new ones */
  readonly buffers?: BufferPool | undefined;
  /** Takes a sealed chunk, with the time its first span was written. */
  readonly add: (chunk: Chunk<SpanChunk>, sinceMs: number) => void;
  /** Told of each span that cannot be written. */
  readonly dropped: (reason: "too-large") => void;
}

/** Larger chunks grow into their buffer. */
const maxBufferBytes = 65_536;
/** A chunk with less room than this is full: the next span would most likely not fit, and be written twice. */
const spareBytes = 1_024;

/**
 * Turns finished spans into OTLP bytes at once, so that what waits to be sent is bytes and not objects.
 *
 * The bytes gather in one buffer. A chunk that fills it is the buffer itself; a smaller one is copied out at its exact size.
 */
export class SpanChunkWriter {
  readonly #settings: SpanChunkWriterSettings;
  readonly #maxSpanBytes: number;
  readonly #fullBytes: number;
  readonly #writer: ProtobufWriter;
  readonly #ends: Uint32Array;
  #segments: SpanSegment[] = [];
  #scope: Scope | undefined;
  #items = 0;
  #oldestMs = 0;

  constructor(settings: SpanChunkWriterSettings) {
    this.#settings = settings;
    this.#maxSpanBytes = settings.maxSpanBytes ?? settings.maxBytes;
    const bufferBytes = Math.min(settings.maxBytes, maxBufferBytes);
    this.#fullBytes = settings.maxBytes - Math.min(spareBytes, bufferBytes >> 4);
    const maxBytes = settings.maxBytes + this.#maxSpanBytes;
    this.#writer = new ProtobufWriter(bufferBytes + spareBytes, maxBytes, settings.buffers);
    this.#ends = new Uint32Array(settings.maxSpans);
  }

  get items(): number {
    return this.#items;
  }

  get bytes(): number {
    return this.#writer.position;
  }

  /** When the first span of the open chunk was written, on the monotonic clock. */
  get oldestMs(): number | undefined {
    return this.#items === 0 ? undefined : this.#oldestMs;
  }

  /** Writes a span; it is not looked at afterwards. Throws for one that cannot be written, and holds nothing of it. */
  write(span: SpanData): void {
    const { maxBytes, maxSpans, clock } = this.#settings;
    const writer = this.#writer;
    const start = writer.position;
    try {
      writeSpan(writer, span, clock);
    } catch (error) {
      const tooLarge = writer.isOverfull;
      // Half a span in the chunk would spoil every span behind it.
      writer.reset(start);
      if (!tooLarge) throw error;
      this.#settings.dropped("too-large");
      return;
    }
    if (writer.position > maxBytes) {
      if (start > 0) {
        writer.reset(start);
        this.seal();
        this.write(span);
        return;
      }
      if (writer.position > this.#maxSpanBytes) {
        writer.reset();
        this.#settings.dropped("too-large");
        return;
      }
    }
    if (this.#items === 0) this.#oldestMs = clock.now();
    if (span.scope !== this.#scope) {
      this.#scope = span.scope;
      this.#segments.push({ scope: span.scope, first: this.#items });
    }
    this.#ends[this.#items++] = writer.position;
    if (this.#items >= maxSpans || writer.position > this.#fullBytes) this.seal();
  }

  /** Hands the open chunk over, if it holds anything. */
  seal(): void {
    if (this.#items === 0) return;
    const { bytes, room } = this.#writer.take();
    const payload: SpanChunk = { bytes, ends: this.#ends.slice(0, this.#items), segments: this.#segments, room };
    const chunk: Chunk<SpanChunk> = {
      payload,
      items: this.#items,
      bytes: bytes.length,
      priority: this.#settings.priority,
    };
    this.#segments = [];
    this.#scope = undefined;
    this.#items = 0;
    this.#settings.add(chunk, this.#oldestMs);
  }
}
