import type { Clock } from "../model/clock.ts";
import type { SpanData, SpanEvent, SpanLink } from "../model/span-data.ts";
import { knownTexts } from "./known-texts.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";
import { writeAttributeList } from "./write-attribute.ts";

/** The field of `ScopeSpans` that holds its spans. */
const spansField = 2;
const parentIsRemoteKnown = 256;

/**
 * Writes a span as a `spans` field of `ScopeSpans`.
 *
 * Source: opentelemetry/proto/trace/v1/trace.proto (OTLP 1.x)
 */
export function writeSpan(writer: ProtobufWriter, span: SpanData, clock: Clock): void {
  const message = writer.open(spansField, 2);
  writeHead(writer, span);
  const { traceState } = span;
  if (traceState !== "") writeRecurring(writer, tag.traceState, traceState);
  writeRecurring(writer, tag.name, span.name);
  const epochMs = clock.epochMs(span.startMs);
  writer.epochNanosField(7, epochMs);
  writer.epochNanosField(8, epochMs + (span.endMs - span.startMs));
  writeAttributeList(writer, 9, span.attributes);
  if (span.droppedAttributesCount > 0) writer.varintField(10, span.droppedAttributesCount);
  if (span.events !== undefined) for (const event of span.events) writeEvent(writer, event, clock);
  if (span.droppedEventsCount > 0) writer.varintField(12, span.droppedEventsCount);
  if (span.links !== undefined) for (const link of span.links) writeLink(writer, link);
  if (span.droppedLinksCount > 0) writer.varintField(14, span.droppedLinksCount);
  if (span.statusCode !== 0) writeStatus(writer, span);
  writer.close(message, 2);
}

/** The ids, kind and flags: all that every span has and whose size is known, with their tags as bytes. */
function writeHead(writer: ProtobufWriter, span: SpanData): void {
  const buffer = writer.room(64);
  let at = writer.position;
  const { p0, p1 } = span;
  const flags = span.flags | parentIsRemoteKnown;
  buffer[at] = tag.traceId;
  buffer[at + 1] = 16;
  putWord(buffer, at + 2, span.t0);
  putWord(buffer, at + 6, span.t1);
  putWord(buffer, at + 10, span.t2);
  putWord(buffer, at + 14, span.t3);
  buffer[at + 18] = tag.spanId;
  buffer[at + 19] = 8;
  putWord(buffer, at + 20, span.s0);
  putWord(buffer, at + 24, span.s1);
  at += 28;
  if ((p0 | p1) !== 0) {
    buffer[at] = tag.parentSpanId;
    buffer[at + 1] = 8;
    putWord(buffer, at + 2, p0);
    putWord(buffer, at + 6, p1);
    at += 10;
  }
  buffer[at] = tag.kind;
  buffer[at + 1] = span.kind + 1;
  buffer[at + 2] = tag.flagsLow;
  buffer[at + 3] = tag.flagsHigh;
  buffer[at + 4] = flags;
  buffer[at + 5] = flags >>> 8;
  buffer[at + 6] = 0;
  buffer[at + 7] = 0;
  writer.advance(at + 8);
}

/** Field and wire type of the fields of `Span` with a fixed size; `flags`, field 16, takes two bytes. */
const tag = { traceId: 10, spanId: 18, traceState: 26, parentSpanId: 34, name: 42, kind: 48, flagsLow: 133, flagsHigh: 1 } as const;

function putWord(buffer: Uint8Array, at: number, word: number): void {
  buffer[at] = word >>> 24;
  buffer[at + 1] = word >>> 16;
  buffer[at + 2] = word >>> 8;
  buffer[at + 3] = word;
}

/** Text that most likely came before: names of spans, and tracestates, which most often are a threshold alone. */
function writeRecurring(writer: ProtobufWriter, tagByte: number, text: string): void {
  const known = knownTexts.get(text);
  if (known === undefined) writer.stringField(tagByte >>> 3, text);
  else writer.taggedBytes(tagByte, known.bytes);
}

function writeEvent(writer: ProtobufWriter, event: SpanEvent, clock: Clock): void {
  const message = writer.open(11);
  writer.epochNanosField(1, clock.epochMs(event.timeMs));
  writer.stringField(2, event.name);
  writeAttributeList(writer, 3, event.attributes);
  if (event.droppedAttributesCount > 0) writer.varintField(4, event.droppedAttributesCount);
  writer.close(message);
}

function writeLink(writer: ProtobufWriter, link: SpanLink): void {
  const message = writer.open(13);
  writer.bytesField(1, Buffer.from(link.traceId, "hex"));
  writer.bytesField(2, Buffer.from(link.spanId, "hex"));
  if (link.traceState !== "") writer.stringField(3, link.traceState);
  writeAttributeList(writer, 4, link.attributes);
  if (link.droppedAttributesCount > 0) writer.varintField(5, link.droppedAttributesCount);
  writer.fixed32Field(6, link.flags);
  writer.close(message);
}

function writeStatus(writer: ProtobufWriter, span: SpanData): void {
  const message = writer.open(15);
  if (span.statusMessage !== "") writer.stringField(2, span.statusMessage);
  writer.varintField(3, span.statusCode);
  writer.close(message);
}
