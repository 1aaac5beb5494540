import type { BufferPool } from "./buffer-pool.ts";
import type { AttributeValue } from "../model/attributes.ts";
import type { Words } from "./known-texts.ts";

const two21 = 2_097_152;
const two32 = 4_294_967_296;
/** Up to here a JavaScript loop beats the call into the runtime's own encoder. */
const shortText = 48;

/** From here on the runtime's own copy beats a loop over words. */
const shortCopy = 64;

/** How many times its first size a buffer may stay when it is begun anew. */
const keptGrowth = 4;

/** From this share of it on, a buffer is handed over rather than copied. */
const takenShare = 0.96;

/** What a writer handed over. */
export interface Taken {
  readonly bytes: Buffer<ArrayBuffer>;
  /** The buffer that the bytes are in, for the pool once they are needed no more; undefined for a copy. */
  readonly room: Buffer<ArrayBuffer> | undefined;
}

/** Bytes to be copied, the last of which may be the head of a pair. */
export interface Headed {
  readonly bytes: Uint8Array;
  /** The same, four in each. */
  readonly words: Int32Array;
  /** How many of them are the head. */
  readonly head: number;
}

/**
 * Writes Protocol Buffers into one buffer that it keeps and grows, so that writing makes no garbage.
 *
 * Length-delimited messages are opened and closed in place: the length is put before the body once it is known.
 *
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
export class ProtobufWriter {
  #buffer: Buffer<ArrayBuffer>;
  #view: DataView;
  #position = 0;
  #isOverfull = false;
  readonly #initialBytes: number;
  readonly #maxBytes: number;
  readonly #pool: BufferPool | undefined;

  /**
   * @param maxBytes beyond it, as soon as that is certain, writing throws a RangeError, so that no text can take all memory.
   * @param pool where buffers of the first size come from. @default new ones
   */
  constructor(initialBytes = 4096, maxBytes: number = Number.POSITIVE_INFINITY, pool?: BufferPool) {
    this.#initialBytes = initialBytes;
    this.#maxBytes = maxBytes;
    this.#pool = pool;
    this.#buffer = Buffer.allocUnsafeSlow(initialBytes);
    this.#view = viewOf(this.#buffer);
  }

  /** Whether the bound was what made it throw last. */
  get isOverfull(): boolean {
    return this.#isOverfull;
  }

  get position(): number {
    return this.#position;
  }

  /** Forgets what was written from `position` on. */
  reset(position = 0): void {
    this.#position = position;
    this.#isOverfull = false;
    // One large message must not hold its room for good.
    if (position === 0 && this.#buffer.length > this.#initialBytes * keptGrowth) this.#use(this.#initialBytes);
  }

  /** A copy of what was written from `start` on. */
  bytes(start = 0): Buffer<ArrayBuffer> {
    const copy = Buffer.allocUnsafeSlow(this.#position - start);
    this.#buffer.copy(copy, 0, start, this.#position);
    return copy;
  }

  /** What was written, which it begins anew without: a copy, or, where that would be nearly all of it, the buffer itself. */
  take(): Taken {
    const buffer = this.#buffer;
    const end = this.#position;
    if (end < buffer.length * takenShare) {
      const copy = this.bytes();
      this.reset();
      return { bytes: copy, room: undefined };
    }
    this.#use(this.#initialBytes);
    this.reset();
    return { bytes: buffer.subarray(0, end), room: buffer.length === this.#initialBytes ? buffer : undefined };
  }

  /** A field of an unsigned number up to 2^53 - 1. */
  varintField(field: number, value: number): void {
    this.#reserve(16);
    this.#tag(field, 0);
    this.#varint(value);
  }

  /** A field of a signed safe integer, in two's complement over 64 bits. */
  int64Field(field: number, value: number): void {
    this.#reserve(16);
    this.#tag(field, 0);
    if (value >= 0) this.#varint(value);
    else this.#negativeVarint(value);
  }

  boolField(field: number, value: boolean): void {
    this.#reserve(8);
    this.#tag(field, 0);
    this.#buffer[this.#position++] = value ? 1 : 0;
  }

  doubleField(field: number, value: number): void {
    this.#reserve(16);
    this.#tag(field, 1);
    this.#view.setFloat64(this.#position, value, true);
    this.#position += 8;
  }

  /** A field of an unsigned safe integer in eight bytes. */
  fixed64Field(field: number, value: number): void {
    this.#reserve(16);
    this.#tag(field, 1);
    this.#fixed32(value | 0);
    this.#fixed32(Math.floor(value / two32));
  }

  fixed32Field(field: number, value: number): void {
    this.#reserve(16);
    this.#tag(field, 5);
    this.#fixed32(value);
  }

  /** A moment in milliseconds since 1970, as nanoseconds in eight bytes; exact to the precision of the number given. */
  epochNanosField(field: number, epochMs: number): void {
    this.#reserve(16);
    this.#tag(field, 1);
    putEpochNanos(this.#view, this.#position, epochMs);
    this.#position += 8;
  }

  /** A field of text as UTF-8. Lone surrogates become U+FFFD. */
  stringField(field: number, text: string): void {
    this.#reserve(16 + text.length * 3);
    this.#tag(field, 2);
    this.#text(text);
  }

  bytesField(field: number, bytes: Uint8Array): void {
    this.#reserve(16 + bytes.length);
    this.#tag(field, 2);
    this.#varint(bytes.length);
    this.#copy(bytes);
  }

  /** A tag of one byte and words that already have their length in front. */
  taggedWords(tag: number, known: Words): void {
    this.#reserve(known.length + 8);
    this.#buffer[this.#position] = tag;
    this.#position = this.#putWords(known, this.#position + 1);
  }

  /** Bytes that are already encoded fields. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#copy(bytes);
  }

  /** So many bytes out of words that hold four each, the first in the lowest bits. */
  packed(words: Int32Array, length: number): void {
    this.#reserve(length + 4);
    const view = this.#view;
    const at = this.#position;
    for (let i = 0; i < length; i += 4) view.setInt32(at + i, words[i >> 2]!, true);
    this.#position = at + length;
  }

  /**
   * A `KeyValue` field of a short value in one go: both lengths fit a byte that is filled in behind them. Answers false, with nothing written,
   * for text that is long or not ASCII.
   *
   * `key` is the key behind its length byte, 65 bytes at most.
   */
  shortPairField(field: number, key: Words, value: string | number | boolean): boolean {
    this.#reserve(160);
    const buffer = this.#buffer;
    const start = this.#position;
    buffer[start] = (field << 3) | 2;
    buffer[start + 2] = 10;
    const keyEnd = this.#putWords(key, start + 3);
    buffer[keyEnd] = 18;
    return this.#shortValue(value, start, keyEnd + 1);
  }

  /**
   * Copies bytes whose last `head` ones are a `KeyValue` up to the length of its value, and writes a short value behind them. Answers false for any
   * other value; the head is then not there, and neither is it where `head` is 0.
   */
  headedValue({ bytes, words, head }: Headed, value: AttributeValue): boolean {
    const { length } = bytes;
    this.#reserve(length + 64);
    const start = this.#position;
    if (length < shortCopy) this.#putWords({ words, length }, start);
    else this.#buffer.set(bytes, start);
    const end = start + length;
    if (head > 0 && typeof value !== "object" && this.#shortValue(value, end - head, end - 1)) return true;
    this.#position = end - head;
    return false;
  }

  /** Writes the value of a pair that starts at `start`, and both lengths. Answers false, and moves nowhere, for text that is long or not ASCII. */
  #shortValue(value: string | number | boolean, start: number, lengthAt: number): boolean {
    const buffer = this.#buffer;
    let at = lengthAt + 1;
    if (typeof value === "string") {
      buffer[at] = 10;
      at = this.#shortAscii(value, at + 1);
      if (at < 0) return false;
    } else if (typeof value === "boolean") {
      buffer[at] = 16;
      buffer[at + 1] = value ? 1 : 0;
      at += 2;
    } else {
      at = this.#shortNumber(value, at);
    }
    buffer[lengthAt] = at - lengthAt - 1;
    buffer[start + 1] = at - start - 2;
    this.#position = at;
    return true;
  }

  /** Room for so many bytes from `position` on, for a caller that writes them itself and then moves on by {@link ProtobufWriter.advance}. */
  room(bytes: number): DataView {
    this.#reserve(bytes);
    return this.#view;
  }

  /** Ends at `position`, which lies within the room that was asked for. */
  advance(position: number): void {
    this.#position = position;
  }

  /** Begins a length-delimited message, with room for a length of `lengthBytes` (1: below 128, 2: below 16,384). A longer one moves the body once. */
  open(field: number, lengthBytes: 1 | 2 = 1): number {
    this.#reserve(16);
    this.#tag(field, 2);
    this.#position += lengthBytes;
    return this.#position;
  }

  /** Ends the message that `open` began and answered `mark` for. A length below 128 in two bytes is padded, which the encoding allows. */
  close(mark: number, lengthBytes: 1 | 2 = 1): void {
    const end = this.#position;
    const length = end - mark;
    if (lengthBytes === 2 && length < 16_384) {
      this.#buffer[mark - 2] = (length & 127) | 128;
      this.#buffer[mark - 1] = length >>> 7;
    } else if (lengthBytes === 1 && length < 128) {
      this.#buffer[mark - 1] = length;
    } else {
      this.#closeMoved(mark, lengthBytes, length);
    }
  }

  #closeMoved(mark: number, lengthBytes: 1 | 2, length: number): void {
    const size = varintSize(length);
    this.#reserve(size);
    this.#buffer.copyWithin(mark + size - lengthBytes, mark, mark + length);
    this.#position = mark - lengthBytes;
    this.#varint(length);
    this.#position += length;
  }

  /** Writes a number as `AnyValue` has it, and answers where it ends. */
  #shortNumber(value: number, at: number): number {
    const buffer = this.#buffer;
    if (value >= 0 && value <= 0x7fffffff && Number.isInteger(value)) {
      let rest = value | 0;
      let to = at;
      buffer[to++] = 24;
      while (rest > 127) {
        buffer[to++] = (rest & 127) | 128;
        rest >>>= 7;
      }
      buffer[to++] = rest;
      return to;
    }
    this.#position = at;
    if (Number.isSafeInteger(value)) this.int64Field(3, value);
    else this.doubleField(4, value);
    return this.#position;
  }

  #tag(field: number, wireType: number): void {
    const tag = (field << 3) | wireType;
    if (tag < 128) {
      this.#buffer[this.#position++] = tag;
    } else {
      this.#buffer[this.#position++] = (tag & 127) | 128;
      this.#buffer[this.#position++] = tag >>> 7;
    }
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7fffffff) {
      this.#buffer[this.#position++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      this.#buffer[this.#position++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.#buffer[this.#position++] = rest;
  }

  #negativeVarint(value: number): void {
    let bits = BigInt.asUintN(64, BigInt(value));
    while (bits > 127n) {
      this.#buffer[this.#position++] = Number(bits & 127n) | 128;
      bits >>= 7n;
    }
    this.#buffer[this.#position++] = Number(bits);
  }

  #fixed32(value: number): void {
    this.#view.setInt32(this.#position, value, true);
    this.#position += 4;
  }

  /** Writes words at a place and answers where their last byte that counts ends; up to three bytes behind it are overwritten. */
  #putWords({ words, length }: Words, at: number): number {
    const view = this.#view;
    for (let i = 0; i < words.length; i++) view.setInt32(at + i * 4, words[i]!, true);
    return at + length;
  }

  #text(text: string): void {
    const length = text.length;
    const buffer = this.#buffer;
    const end = this.#shortAscii(text, this.#position);
    if (end >= 0) {
      this.#position = end;
      return;
    }
    // Most text is ASCII: make room for the length it would then have, and move the body only when it is not.
    const guess = varintSize(length);
    const start = this.#position + guess;
    const written = buffer.write(text, start, "utf8");
    const size = varintSize(written);
    if (size !== guess) buffer.copyWithin(this.#position + size, start, start + written);
    this.#varint(written);
    this.#position += written;
  }

  /** Writes a text behind its length, and answers where it ends; -1 for one that is long or not ASCII. */
  #shortAscii(text: string, at: number): number {
    const buffer = this.#buffer;
    const { length } = text;
    if (length >= shortText) return -1;
    buffer[at] = length;
    let to = at + 1;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) return -1;
      buffer[to++] = code;
    }
    return to;
  }

  #copy(bytes: Uint8Array): void {
    const buffer = this.#buffer;
    const length = bytes.length;
    if (length < shortText) {
      for (let i = 0, at = this.#position; i < length; i++, at++) buffer[at] = bytes[i]!;
    } else {
      buffer.set(bytes, this.#position);
    }
    this.#position += length;
  }

  #reserve(bytes: number): void {
    const needed = this.#position + bytes;
    if (needed <= this.#buffer.length) return;
    // Room is asked for the longest that a text can become, three bytes a character; it is at least one.
    if (this.#position + bytes / 3 > this.#maxBytes) {
      this.#isOverfull = true;
      throw new RangeError(`A message must have at most ${this.#maxBytes} bytes.`);
    }
    const before = this.#buffer;
    this.#use(Math.max(needed, before.length * 2));
    before.copy(this.#buffer, 0, 0, this.#position);
  }

  #use(bytes: number): void {
    const isPooled = this.#pool !== undefined && bytes === this.#initialBytes;
    this.#buffer = isPooled ? this.#pool.take(bytes) : Buffer.allocUnsafeSlow(bytes);
    this.#view = viewOf(this.#buffer);
  }
}

/** Writes a moment in milliseconds since 1970 as nanoseconds, little-endian in eight bytes. */
export function putEpochNanos(view: DataView, at: number, epochMs: number): void {
  // A nanosecond count needs 61 bits, a double holds 53: split at 2^21 ms so that each product stays exact.
  const whole = Math.floor(epochMs);
  const high = Math.floor(whole / two21);
  const highNanos = high * 1e6;
  const top = Math.floor(highNanos / 2048);
  const rest = (whole - high * two21) * 1e6 + Math.round((epochMs - whole) * 1e6) + (highNanos - top * 2048) * two21;
  const carry = Math.floor(rest / two32);
  view.setInt32(at, rest - carry * two32, true);
  view.setInt32(at + 4, top + carry, true);
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

/** How many bytes a length takes. */
export function varintSize(value: number): number {
  if (value < 128) return 1;
  if (value < 16_384) return 2;
  if (value < 2_097_152) return 3;
  if (value < 268_435_456) return 4;
  return 5;
}
