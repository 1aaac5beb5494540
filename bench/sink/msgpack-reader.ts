/** Walks over a MessagePack message, value by value. Every way past its end is an error. See https://github.com/msgpack/msgpack/blob/master/spec.md */
export class MsgpackReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The head of an array: how many values follow. */
  array(): number {
    const type = this.#byte();
    if ((type & 0xf0) === 0x90) return type & 0x0f;
    if (type === 0xdc) return this.#unsigned(2);
    if (type === 0xdd) return this.#unsigned(4);
    return this.#unexpected(type, "an array");
  }

  /** The head of a map: how many names with their values follow. */
  map(): number {
    const type = this.#byte();
    if ((type & 0xf0) === 0x80) return type & 0x0f;
    if (type === 0xde) return this.#unsigned(2);
    if (type === 0xdf) return this.#unsigned(4);
    return this.#unexpected(type, "a map");
  }

  text(): string {
    const length = this.#textLength(this.#byte());
    if (length === undefined) throw new Error(`A text is due before byte ${this.#at}.`);
    return this.#bytes.toString("utf8", this.#at, this.#pass(length));
  }

  /** Of 64 bits, as near as a double comes. */
  number(): number {
    const type = this.#byte();
    if (type < 0x80) return type;
    if (type >= 0xe0) return type - 0x100;
    const at = this.#at;
    if (type === 0xca) return this.#bytes.readFloatBE(this.#passFrom(at, 4));
    if (type === 0xcb) return this.#bytes.readDoubleBE(this.#passFrom(at, 8));
    if (type >= 0xcc && type <= 0xce) return this.#unsigned(2 ** (type - 0xcc));
    if (type === 0xcf) return Number(this.#bytes.readBigUInt64BE(this.#passFrom(at, 8)));
    if (type >= 0xd0 && type <= 0xd2) {
      const size = 2 ** (type - 0xd0);
      return this.#bytes.readIntBE(this.#passFrom(at, size), size);
    }
    if (type === 0xd3) return Number(this.#bytes.readBigInt64BE(this.#passFrom(at, 8)));
    return this.#unexpected(type, "a number");
  }

  /** Goes past one value of whatever type. */
  skip(): void {
    const at = this.#at;
    const type = this.#byte();
    const length = this.#textLength(type) ?? fixedLengths[type];
    if (length !== undefined) {
      this.#pass(length);
    } else if (type >= 0xc4 && type <= 0xc6) {
      this.#pass(this.#unsigned(2 ** (type - 0xc4)));
    } else if (type >= 0xc7 && type <= 0xc9) {
      this.#pass(this.#unsigned(2 ** (type - 0xc7)) + 1);
    } else if (type < 0x80 || type >= 0xe0) {
      return;
    } else {
      this.#at = at;
      const isMap = type < 0x90 || type >= 0xde;
      for (let values = isMap ? 2 * this.map() : this.array(); values > 0; values--) this.skip();
    }
  }

  #textLength(type: number): number | undefined {
    if ((type & 0xe0) === 0xa0) return type & 0x1f;
    return type >= 0xd9 && type <= 0xdb ? this.#unsigned(2 ** (type - 0xd9)) : undefined;
  }

  #byte(): number {
    return this.#bytes[this.#passFrom(this.#at, 1)]!;
  }

  #unsigned(size: number): number {
    return this.#bytes.readUIntBE(this.#passFrom(this.#at, size), size);
  }

  #passFrom(at: number, length: number): number {
    this.#pass(length);
    return at;
  }

  #pass(length: number): number {
    this.#at += length;
    if (this.#at > this.#bytes.length)
      throw new Error(`The message ends ${this.#at - this.#bytes.length} bytes early.`);
    return this.#at;
  }

  #unexpected(type: number, due: string): never {
    throw new Error(`Type ${type} before byte ${this.#at} where ${due} is due.`);
  }
}

/** Bytes behind the type: nil, false, true, floats, integers, fixext 1 to 16. */
const fixedLengths: Readonly<Record<number, number>> = {
  ...{ 0xc0: 0, 0xc2: 0, 0xc3: 0, 0xca: 4, 0xcb: 8 },
  ...{ 0xcc: 1, 0xcd: 2, 0xce: 4, 0xcf: 8, 0xd0: 1, 0xd1: 2, 0xd2: 4, 0xd3: 8 },
  ...{ 0xd4: 2, 0xd5: 3, 0xd6: 5, 0xd7: 9, 0xd8: 17 },
};
