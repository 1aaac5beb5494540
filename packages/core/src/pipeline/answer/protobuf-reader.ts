/**
 * Goes over the fields of a message one by one. Throws a RangeError where the bytes end in the middle of one.
 *
 * Source: protobuf encoding, https://protobuf.dev/programming-guides/encoding
 */
export class ProtobufReader {
  /** Of the field it stands on. */
  field = 0;
  readonly #bytes: Buffer;
  #at: number;
  #wireType = 0;

  readonly #end: number;

  /** From `start` to `end`. A message inside is read in place: cutting it out would cost more than reading it. */
  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = end;
  }

  /** Goes to the next field, which is then to be read or skipped; false at the end. */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.#wireType = tag % 8;
    return true;
  }

  /** Whether the field it stands on is a plain number. */
  get isNumber(): boolean {
    return this.#wireType === 0;
  }

  /** Whether it takes eight bytes. */
  get isDouble(): boolean {
    return this.#wireType === 1;
  }

  /** Whether it has a length: a text, bytes or a message. */
  get isBytes(): boolean {
    return this.#wireType === 2;
  }

  /** An unsigned number, exact up to 2^53. */
  uint(): number {
    return this.#wireType === 5 ? this.fixed32() : this.#varint();
  }

  /** A signed one, exact where it is a safe integer. */
  int(): number {
    const at = this.#at;
    const value = this.#varint();
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    this.#at = at;
    return Number(BigInt.asIntN(64, this.#bigVarint()));
  }

  bool(): boolean {
    return this.#varint() !== 0;
  }

  fixed32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  fixed64(): bigint {
    return this.#bytes.readBigUInt64LE(this.#take(8));
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  bytes(): Buffer {
    const length = this.#varint();
    const at = this.#take(length);
    return this.#bytes.subarray(at, at + length);
  }

  text(): string {
    const length = this.#varint();
    const at = this.#take(length);
    return this.#bytes.toString("utf8", at, at + length);
  }

  hex(): string {
    const length = this.#varint();
    const at = this.#take(length);
    return this.#bytes.toString("hex", at, at + length);
  }

  message(): ProtobufReader {
    const length = this.#varint();
    const at = this.#take(length);
    return new ProtobufReader(this.#bytes, at, at + length);
  }

  skip(): void {
    if (this.#wireType === 0) this.#varint();
    else if (this.#wireType === 1) this.#take(8);
    else if (this.#wireType === 2) this.bytes();
    else if (this.#wireType === 5) this.#take(4);
    else throw new RangeError(`wire type ${this.#wireType}`);
  }

  #take(bytes: number): number {
    const at = this.#at;
    if (at + bytes > this.#end) throw new RangeError("the message ends in the middle of a field");
    this.#at += bytes;
    return at;
  }

  #varint(): number {
    const bytes = this.#bytes;
    const first = bytes[this.#take(1)]!;
    if (first < 128) return first;
    let value = first & 127;
    for (let i = 1, weight = 128; i < 10; i++, weight *= 128) {
      const byte = bytes[this.#take(1)]!;
      value += (byte & 127) * weight;
      if (byte < 128) return value;
    }
    throw new RangeError("a number of more than ten bytes");
  }

  #bigVarint(): bigint {
    let value = 0n;
    for (let i = 0n; i < 10n; i++) {
      const byte = this.#bytes[this.#take(1)]!;
      value |= BigInt(byte & 127) << (7n * i);
      if (byte < 128) return value;
    }
    throw new RangeError("a number of more than ten bytes");
  }
}
