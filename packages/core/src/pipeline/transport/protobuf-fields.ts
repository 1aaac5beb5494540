/** A varint as a number, a length-delimited field as its bytes. */
export type FieldValue = number | Uint8Array;

/**
 * Reads the fields of a message one by one. Answers whether the bytes were fields to the end. Fields of a fixed width are passed over.
 *
 * Source: protobuf encoding, https://protobuf.dev/programming-guides/encoding
 */
export function readFields(bytes: Uint8Array, take: (field: number, value: FieldValue) => void): boolean {
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    if (tag === undefined) return false;
    at = tag.end;
    const wireType = tag.value % 8;
    if (wireType === 0 || wireType === 2) {
      const number = readVarint(bytes, at);
      if (number === undefined) return false;
      at = number.end;
      if (wireType === 0) take(Math.floor(tag.value / 8), number.value);
      else {
        if (number.value > bytes.length - at) return false;
        take(Math.floor(tag.value / 8), bytes.subarray(at, at + number.value));
        at += number.value;
      }
    } else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else return false;
  }
  return at === bytes.length;
}

/** Up to ten bytes; a negative int64 comes out as a number above 2^63, which no count of items reaches. */
function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) return undefined;
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return { value, end: start + i + 1 };
  }
  return undefined;
}
