/** Goes over the fields of a message one by one. Throws a RangeError where the bytes end in the middle of one. */
export class ProtobufReader {
  /** Of the field it stands on. */
  field = 0;
  readonly #bytes: Buffer;
  #at = 0;
  #wireType = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Goes to the next field, which is then to be read or skipped; false at the end. */
  next(): boolean {
    if (this.#at >= this.#bytes.length) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.#wireType = tag % 8;
    return true;
  }

  /** An unsigned number, exact up to 2^53. */
  uint(): number {
    return this.#wireType === 5 ? this.fixed32() : this.#varint();
  }

  /** A signed one, exact where it is a safe integer. */
  int(): number {
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
    return this.bytes().toString("utf8");
  }

  hex(): string {
    return this.bytes().toString("hex");
  }

  message(): ProtobufReader {
    return new ProtobufReader(this.bytes());
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
    if (at + bytes > this.#bytes.length) throw new RangeError("the message ends in the middle of a field");
    this.#at += bytes;
    return at;
  }

  #varint(): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const byte = this.#bytes[this.#take(1)]!;
      value += (byte & 127) * 2 ** (7 * i);
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
