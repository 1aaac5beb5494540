import { KnownTexts, knownTexts } from "../known-texts.ts";
import type { ProtobufWriter } from "../protobuf-writer.ts";
import { writeAnyValue, writeKnownPair } from "../write-attribute.ts";
import type { LogAttributeBlock, LogAttributeList, LogRecord, LogSpan, LogValue } from "./log-record.ts";

/** The field of `ScopeLogs` that holds its records. */
const recordsField = 2;
const field = {
  time: 1,
  severityNumber: 2,
  severityText: 3,
  body: 5,
  attributes: 6,
  droppedAttributesCount: 7,
  flags: 8,
  traceId: 9,
  spanId: 10,
  observedTime: 11,
  eventName: 12,
} as const;
const anyValue = { array: 5, map: 6, bytes: 7 } as const;
const stringTag = 10;

/** Most messages are written in the code, and come again. They take no place of the keys of attributes. */
const bodies = new KnownTexts();
const maxKnownBody = 64;

/**
 * Writes a log record as a `log_records` field of `ScopeLogs`.
 *
 * Source: opentelemetry/proto/logs/v1/logs.proto (OTLP 1.x)
 */
export function writeLogRecord(writer: ProtobufWriter, record: LogRecord): void {
  const message = writer.open(recordsField, 2);
  const { severityNumber, severityText, body, block, eventName, span } = record;
  writer.epochNanosField(field.time, record.epochMs);
  writer.epochNanosField(field.observedTime, record.observedMs);
  if (severityNumber > 0) writer.varintField(field.severityNumber, severityNumber);
  if (severityText !== "") writer.stringField(field.severityText, severityText);
  if (body !== undefined) writeBody(writer, body);
  if (block !== undefined) writeBlock(writer, block);
  writeList(writer, record.attributes);
  if (record.droppedAttributesCount > 0)
    writer.varintField(field.droppedAttributesCount, record.droppedAttributesCount);
  if (span !== undefined) writeSpanIds(writer, span);
  if (eventName !== "") writer.stringField(field.eventName, eventName);
  writer.close(message, 2);
}

function writeBody(writer: ProtobufWriter, body: LogValue): void {
  const known = typeof body === "string" && body.length <= maxKnownBody ? bodies.get(body) : undefined;
  if (known === undefined) return writeAny(writer, field.body, body);
  const any = writer.open(field.body);
  writer.taggedWords(stringTag, known.bytes);
  writer.close(any);
}

/** A block that comes again is copied whole. */
function writeBlock(writer: ProtobufWriter, block: LogAttributeBlock): void {
  if (block.encoded !== undefined) return writer.raw(block.encoded);
  const start = writer.position;
  writeList(writer, block.list);
  block.encoded = writer.bytes(start);
}

function writeList(writer: ProtobufWriter, list: LogAttributeList): void {
  for (let i = 0; i < list.length; i += 2) {
    const key = list[i] as string;
    const value = list[i + 1] as LogValue;
    if (typeof value === "object") writePair(writer, field.attributes, key, value);
    else writeKnownPair(writer, field.attributes, knownTexts.key(i >> 1, key), key, value);
  }
}

function writeSpanIds(writer: ProtobufWriter, { t0, t1, t2, t3, s0, s1, flags }: LogSpan): void {
  const view = writer.room(40);
  const at = writer.position;
  view.setInt16(at, (((field.traceId << 3) | 2) << 8) | 16);
  view.setInt32(at + 2, t0);
  view.setInt32(at + 6, t1);
  view.setInt32(at + 10, t2);
  view.setInt32(at + 14, t3);
  view.setInt16(at + 18, (((field.spanId << 3) | 2) << 8) | 8);
  view.setInt32(at + 20, s0);
  view.setInt32(at + 24, s1);
  writer.advance(at + 28);
  if (flags !== 0) writer.fixed32Field(field.flags, flags);
}

function writePair(writer: ProtobufWriter, pairField: number, key: string, value: LogValue): void {
  const pair = writer.open(pairField);
  writer.stringField(1, key);
  writeAny(writer, 2, value);
  writer.close(pair);
}

function writeAny(writer: ProtobufWriter, valueField: number, value: LogValue): void {
  const any = writer.open(valueField);
  if (typeof value === "object" && value !== null) writeParts(writer, value);
  else writeAnyValue(writer, value);
  writer.close(any);
}

function writeParts(writer: ProtobufWriter, value: Exclude<LogValue, string | number | boolean | null>): void {
  if (value instanceof Uint8Array) return writer.bytesField(anyValue.bytes, value);
  if (isList(value)) {
    const array = writer.open(anyValue.array);
    for (const item of value) writeAny(writer, 1, item);
    writer.close(array);
    return;
  }
  const map = writer.open(anyValue.map);
  for (const key of Object.keys(value)) writePair(writer, 1, key, value[key] ?? null);
  writer.close(map);
}

function isList(value: LogValue): value is readonly LogValue[] {
  return Array.isArray(value);
}
