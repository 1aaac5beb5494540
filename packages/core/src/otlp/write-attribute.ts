import type { AttributeBlock } from "../model/attribute-block.ts";
import type { AttributeList, Attributes, AttributeValue } from "../model/attributes.ts";
import { type KnownText, knownTexts, toWords } from "./known-texts.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";

const lengthDelimited = 2;
const keyField = 1;
const valueField = 2;
const anyValue = { string: 1, bool: 2, int: 3, double: 4, array: 5 } as const;

/** Writes one `KeyValue` message of a field below 16. Safe integers go as int64, other numbers as double. */
export function writeKnownPair(
  writer: ProtobufWriter,
  field: number,
  known: KnownText | undefined,
  key: string,
  value: AttributeValue,
): void {
  if (known === undefined || typeof value === "object") {
    writePair(writer, field, key, value);
  } else if (known.value !== value) {
    known.value = value;
    known.pair = undefined;
    if (writer.shortPairField(field, known.bytes, value)) return;
    // A long text is not worth holding on to.
    known.value = undefined;
    writePair(writer, field, key, value);
  } else if (known.pair !== undefined) {
    writer.taggedWords((field << 3) | lengthDelimited, known.pair);
  } else {
    const start = writer.position;
    if (writer.shortPairField(field, known.bytes, value)) known.pair = toWords(writer.bytes(start + 1));
    else writePair(writer, field, key, value);
  }
}

export function writePair(writer: ProtobufWriter, field: number, key: string, value: AttributeValue): void {
  const pair = writer.open(field);
  writer.stringField(keyField, key);
  const any = writer.open(valueField);
  writeAnyValue(writer, value);
  writer.close(any);
  writer.close(pair);
}

/** Writes each pair of a flat list, or of a part of it, as a `KeyValue` of the field. */
export function writeAttributeList(
  writer: ProtobufWriter,
  field: number,
  list: AttributeList,
  from = 0,
  to: number = list.length,
): void {
  for (let i = from; i < to; i += 2) {
    const key = list[i] as string;
    writeKnownPair(writer, field, knownTexts.key(i >> 1, key), key, list[i + 1]!);
  }
}

/** Writes each pair of a block as a `KeyValue` of the field. A block that comes again is copied whole. */
export function writeAttributeBlock(writer: ProtobufWriter, field: number, block: AttributeBlock): void {
  if (block.encoded !== undefined) return writer.raw(block.encoded);
  const start = writer.position;
  writeAttributeList(writer, field, block.list);
  // One that is never met again, as of a connection with one request, is not worth its bytes.
  if (block.written++ > 0) block.encoded = writer.bytes(start);
}

/** Writes each attribute of an object as a `KeyValue` of the field; undefined ones are left out. */
export function writeAttributes(writer: ProtobufWriter, field: number, attributes: Attributes): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) writeKnownPair(writer, field, knownTexts.get(key), key, value);
  }
}

/** Writes what is in an `AnyValue`. */
export function writeAnyValue(writer: ProtobufWriter, value: AttributeValue | null | undefined): void {
  switch (typeof value) {
    case "string":
      writer.stringField(anyValue.string, value);
      break;
    case "boolean":
      writer.boolField(anyValue.bool, value);
      break;
    case "number":
      if (Number.isSafeInteger(value)) writer.int64Field(anyValue.int, value);
      else writer.doubleField(anyValue.double, value);
      break;
    default:
      if (value) writeArray(writer, value);
  }
}

/** Holes in an array (null, undefined) are empty values, as OTLP has them. */
function writeArray(writer: ProtobufWriter, values: readonly (string | number | boolean | null | undefined)[]): void {
  const array = writer.open(anyValue.array);
  for (const item of values) {
    const any = writer.open(1);
    writeAnyValue(writer, item);
    writer.close(any);
  }
  writer.close(array);
}
