import type { Clock } from "../model/clock.ts";
import type { SpanData, SpanEvent, SpanLink } from "../model/span-data.ts";
import { type KnownText, knownTexts, namePlace } from "./known-texts.ts";
import { ProtobufWriter, putEpochNanos } from "./protobuf-writer.ts";
import { SpanPattern } from "./span-pattern.ts";
import { writeAttributeBlock, writeAttributeList } from "./write-attribute.ts";

/** The field of `ScopeSpans` that holds its spans. */
const spansField = 2;
export const attributesField = 9;
/** Of a span's message. */
export const messageLengthBytes = 2;
const parentIsRemoteKnown = 256;
/** Of a list: pairs take two places. */
const maxPatternLength = 128;
/** Spans of one name mostly set the same keys; some set one more at times. */
const maxPatternsOfName = 4;
/** Of the process: names of spans are few. */
const maxPatternPairs = 8_192;
/** Each pattern counts as so many beside its own. */
const patternBase = 4;
let patternPairs = 0;
/** By the known text of the name. */
const patterns: (SpanPattern[] | undefined)[] = [];

/**
 * Writes a span as a `spans` field of `ScopeSpans`.
 *
 * Source: opentelemetry/proto/trace/v1/trace.proto (OTLP 1.x)
 */
export function writeSpan(writer: ProtobufWriter, span: SpanData, clock: Clock): void {
  const message = writer.open(spansField, messageLengthBytes);
  const startEpochMs = startEpochMsOf(span.startMs, span.endMs, clock);
  writeHead(writer, span, startEpochMs);
  const name = knownTexts.at(namePlace, span.name);
  const pattern = name && patternOf(span, name);
  const { traceState, routeBlock, attributes } = span;
  const isWhole = pattern !== undefined && routeBlock === undefined && pattern.traceState === traceState;
  if (!isWhole) {
    writeTitle(writer, span, name);
    if (routeBlock !== undefined) writeAttributeBlock(writer, attributesField, routeBlock);
  }
  if (pattern === undefined) writeAttributeList(writer, attributesField, attributes);
  else pattern.write(writer, attributes, isWhole);
  if (span.peerBlock !== undefined) writeAttributeBlock(writer, attributesField, span.peerBlock);
  if (span.droppedAttributesCount > 0) writer.varintField(10, span.droppedAttributesCount);
  if (span.events !== undefined)
    for (const event of span.events) writeEvent(writer, event, startEpochMs + (event.timeMs - span.startMs));
  if (span.droppedEventsCount > 0) writer.varintField(12, span.droppedEventsCount);
  if (span.links !== undefined) for (const link of span.links) writeLink(writer, link);
  if (span.droppedLinksCount > 0) writer.varintField(14, span.droppedLinksCount);
  if (span.statusCode !== 0) writeStatus(writer, span);
  writer.close(message, messageLengthBytes);
}

/** Asked of its end, which is about now: what the clock says of long ago may be out of date. All times of a span hang on one tie. */
export function startEpochMsOf(startMs: number, endMs: number, clock: Clock): number {
  return clock.epochMs(endMs) - (endMs - startMs);
}

/** What spans like this one have in common, where that is known. */
function patternOf({ attributes, traceState, name: text }: SpanData, name: KnownText): SpanPattern | undefined {
  const known = (patterns[name.id] ??= []);
  for (const pattern of known) if (pattern.hasKeys(attributes)) return pattern.takes(attributes) ? pattern : undefined;
  const isFull = known.length >= maxPatternsOfName || patternPairs > maxPatternPairs;
  if (isFull || attributes.length > maxPatternLength) return undefined;
  const writer = new ProtobufWriter(128);
  writeTitle(writer, { traceState, name: text }, name);
  const pattern = new SpanPattern(traceState, writer.bytes(), attributes);
  patternPairs += patternBase + attributes.length / 2;
  known.push(pattern);
  return pattern;
}

function writeTitle(
  writer: ProtobufWriter,
  span: Pick<SpanData, "traceState" | "name">,
  name: KnownText | undefined,
): void {
  const { traceState } = span;
  if (traceState !== "") writeRecurring(writer, tag.traceState, knownTexts.repeated(traceState), traceState);
  writeRecurring(writer, tag.name, name, span.name);
}

/** The ids, kind, times and flags: all that every span has and whose size is known, with their tags as bytes. */
function writeHead(writer: ProtobufWriter, span: SpanData, startEpochMs: number): void {
  const view = writer.room(80);
  let at = writer.position;
  const { p0, p1 } = span;
  view.setInt16(at, tag.traceId);
  view.setInt32(at + 2, span.t0);
  view.setInt32(at + 6, span.t1);
  view.setInt32(at + 10, span.t2);
  view.setInt32(at + 14, span.t3);
  view.setInt16(at + 18, tag.spanId);
  view.setInt32(at + 20, span.s0);
  view.setInt32(at + 24, span.s1);
  at += 28;
  if ((p0 | p1) !== 0) {
    view.setInt16(at, tag.parentSpanId);
    view.setInt32(at + 2, p0);
    view.setInt32(at + 6, p1);
    at += 10;
  }
  view.setInt8(at, tag.kind);
  view.setInt8(at + 1, span.kind + 1);
  view.setInt16(at + 2, tag.flags);
  view.setInt32(at + 4, span.flags | parentIsRemoteKnown, true);
  view.setInt8(at + 8, tag.startTime);
  putEpochNanos(view, at + 9, startEpochMs);
  view.setInt8(at + 17, tag.endTime);
  putEpochNanos(view, at + 18, startEpochMs + (span.endMs - span.startMs));
  writer.advance(at + 26);
}

/** Field and wire type of the fields of `Span`; those of ids with the length byte behind, `flags`, field 16, in its two bytes. */
const tag = {
  traceId: 0x0a10,
  spanId: 0x1208,
  parentSpanId: 0x2208,
  traceState: 26,
  name: 42,
  kind: 48,
  startTime: 57,
  endTime: 65,
  flags: 0x8501,
} as const;

/** Where {@link writeHead} puts what each root span has for itself, in bytes from the begin of its field. */
export const headPlaces = { traceId: 5, spanId: 23, startTime: 40, endTime: 49 } as const;

/** Text that most likely came before: names of spans, and tracestates, which most often are a threshold alone. */
function writeRecurring(writer: ProtobufWriter, tagByte: number, known: KnownText | undefined, text: string): void {
  if (known === undefined) writer.stringField(tagByte >>> 3, text);
  else writer.taggedWords(tagByte, known.bytes);
}

function writeEvent(writer: ProtobufWriter, event: SpanEvent, epochMs: number): void {
  const message = writer.open(11);
  writer.epochNanosField(1, epochMs);
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
