import type { Clock } from "../model/clock.ts";
import type { Scope } from "../model/scope.ts";
import type { Chunk, ChunkPriority } from "../pipeline/queue/chunk.ts";
import type { BufferPool } from "./buffer-pool.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import type { EncodedChunk, ScopeSegment } from "./encoded-chunk.ts";

export interface ChunkWriterSettings {
  /** A chunk is sealed at this number of items: never more than a batch. */
  readonly maxItems: number;
  /** A chunk is sealed before it would grow past this. */
  readonly maxBytes: number;
  /** An item larger than a chunk is one by itself, up to this; beyond it is dropped. @default maxBytes */
  readonly maxItemBytes?: number | undefined;
  /** Of every chunk: failed and healthy items gather apart, so that an overflow can tell them. */
  readonly priority: ChunkPriority;
  readonly clock: Clock;
  /** Where its buffers come from. @default new ones */
  readonly buffers?: BufferPool | undefined;
  /** Takes a sealed chunk, with the time its first item was written. */
  readonly add: (chunk: Chunk<EncodedChunk>, sinceMs: number) => void;
  /** Told of each item that cannot be written. */
  readonly dropped: (reason: "too-large") => void;
}

/** Larger chunks grow into their buffer. */
const maxBufferBytes = 65_536;
/** A chunk with less room than this is full: the next item would most likely not fit, and be written twice. */
const spareBytes = 1_024;

/**
 * Turns spans or log records into OTLP bytes at once, so that what waits to be sent is bytes and not objects.
 *
 * The bytes gather in one buffer. A chunk that fills it is the buffer itself; a smaller one is copied out at its exact size.
 */
export abstract class ChunkWriter<Item extends { readonly scope: Scope }> {
  protected readonly clock: Clock;
  readonly #settings: ChunkWriterSettings;
  readonly #maxItemBytes: number;
  readonly #fullBytes: number;
  readonly #writer: ProtobufWriter;
  readonly #ends: Uint32Array;
  #segments: ScopeSegment[] = [];
  #scope: Scope | undefined;
  #items = 0;
  #oldestMs = 0;

  constructor(settings: ChunkWriterSettings) {
    this.clock = settings.clock;
    this.#settings = settings;
    this.#maxItemBytes = settings.maxItemBytes ?? settings.maxBytes;
    const bufferBytes = Math.min(settings.maxBytes, maxBufferBytes);
    this.#fullBytes = settings.maxBytes - Math.min(spareBytes, bufferBytes >> 4);
    const maxBytes = settings.maxBytes + this.#maxItemBytes;
    this.#writer = new ProtobufWriter(bufferBytes + spareBytes, maxBytes, settings.buffers);
    this.#ends = new Uint32Array(settings.maxItems);
  }

  get items(): number {
    return this.#items;
  }

  get bytes(): number {
    return this.#writer.position;
  }

  /** When the first item of the open chunk was written, on the monotonic clock. */
  get oldestMs(): number | undefined {
    return this.#items === 0 ? undefined : this.#oldestMs;
  }

  /** Writes one item. Throws for one that cannot be written; what it wrote by then is forgotten. */
  protected abstract encode(writer: ProtobufWriter, item: Item): void;

  /** Writes an item; it is not looked at afterwards. Throws for one that cannot be written, and holds nothing of it. */
  write(item: Item): void {
    const { maxBytes, maxItems } = this.#settings;
    const writer = this.#writer;
    const start = writer.position;
    try {
      this.encode(writer, item);
    } catch (error) {
      const tooLarge = writer.isOverfull;
      // Half an item in the chunk would spoil every one behind it.
      writer.reset(start);
      if (!tooLarge) throw error;
      this.#settings.dropped("too-large");
      return;
    }
    if (writer.position > maxBytes) {
      if (start > 0) {
        writer.reset(start);
        this.seal();
        this.write(item);
        return;
      }
      if (writer.position > this.#maxItemBytes) {
        writer.reset();
        this.#settings.dropped("too-large");
        return;
      }
    }
    if (this.#items === 0) this.#oldestMs = this.clock.now();
    if (item.scope !== this.#scope) {
      this.#scope = item.scope;
      this.#segments.push({ scope: item.scope, first: this.#items });
    }
    this.#ends[this.#items++] = writer.position;
    if (this.#items >= maxItems || writer.position > this.#fullBytes) this.seal();
  }

  /** Hands the open chunk over, if it holds anything. */
  seal(): void {
    if (this.#items === 0) return;
    const { bytes, room } = this.#writer.take();
    const payload: EncodedChunk = { bytes, ends: this.#ends.slice(0, this.#items), segments: this.#segments, room };
    const chunk: Chunk<EncodedChunk> = {
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
