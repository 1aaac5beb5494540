import type { Clock } from "../model/clock.ts";
import type { SpanData, SpanEvent, SpanLink } from "../model/span-data.ts";
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
  const epochMs = clock.epochMs(span.startMs);
  writer.wordsField(1, 4, span.t0, span.t1, span.t2, span.t3);
  writer.wordsField(2, 2, span.s0, span.s1, 0, 0);
  if (span.traceState !== "") writer.stringField(3, span.traceState);
  if ((span.p0 | span.p1) !== 0) writer.wordsField(4, 2, span.p0, span.p1, 0, 0);
  writer.stringField(5, span.name);
  writer.varintField(6, span.kind + 1);
  writer.epochNanosField(7, epochMs);
  writer.epochNanosField(8, epochMs + (span.endMs - span.startMs));
  writeAttributeList(writer, 9, span.attributes);
  if (span.droppedAttributesCount > 0) writer.varintField(10, span.droppedAttributesCount);
  if (span.events !== undefined) for (const event of span.events) writeEvent(writer, event, clock);
  if (span.droppedEventsCount > 0) writer.varintField(12, span.droppedEventsCount);
  if (span.links !== undefined) for (const link of span.links) writeLink(writer, link);
  if (span.droppedLinksCount > 0) writer.varintField(14, span.droppedLinksCount);
  if (span.statusCode !== 0) writeStatus(writer, span);
  writer.fixed32Field(16, span.flags | parentIsRemoteKnown);
  writer.close(message, 2);
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
