import type { AttributeBlock } from "../model/attribute-block.ts";
import type { Clock } from "../model/clock.ts";
import type { Scope } from "../model/scope.ts";
import { type SpanData, statusCode } from "../model/span-data.ts";
import { ProtobufWriter, putEpochNanos } from "./protobuf-writer.ts";
import { attributesField, headPlaces, messageLengthBytes, startEpochMsOf, writeSpan } from "./span-writer.ts";
import { writeAttributeBlock } from "./write-attribute.ts";

/**
 * A finished span whose like comes again and again: its bytes, up to what each has for itself. Root spans of one route that end alike differ in
 * ids, times, path and connection; all else is copied.
 */
export interface SpanStamp {
  readonly bytes: Uint8Array;
  readonly scope: Scope;
  /** Whether they failed: such spans are given up last. */
  readonly isFailed: boolean;
}

/** What one span has for itself. */
export interface StampedSpan {
  readonly stamp: SpanStamp;
  readonly scope: Scope;
  /** At most {@link maxStampedPath}; undefined where the stamp was made without a path. */
  readonly pathLength: number | undefined;
  /** ASCII, four letters a word, the first in the lowest bits. It may be used again once the span is written. */
  readonly path: Int32Array;
  readonly peerBlock: AttributeBlock | undefined;
  readonly root: StampedRoot;
  readonly endMs: number;
}

/** The root of a trace that is written by a stamp. */
export interface StampedRoot {
  /** On the monotonic clock. */
  readonly startMs: number;
  /** Writes its trace id to one place and its span id to the other, first word first. */
  putIds(view: DataView, traceIdAt: number, spanIdAt: number): void;
}

/** A longer path needs lengths of two bytes. */
export const maxStampedPath = 113;
/** Of a stamp: a longer span is not worth its room. */
const maxStampBytes = 2_048;

/** `url.path` as an attribute of a span, up to its value; the lengths at the places below, counted from behind, are of the value's own. */
const pathPair = Buffer.concat([
  Buffer.of((attributesField << 3) | 2, 0, 10, 8),
  Buffer.from("url.path"),
  Buffer.of(18, 0, 10, 0),
]);
const pathLengths = { pair: 15, any: 3, text: 1 } as const;
const pairOverhead = 14;
const anyOverhead = 2;

/** The stamp of spans like this one, a root without attributes but those of its blocks, and with a path or without; undefined for a long one. */
export function spanStamp(span: SpanData, clock: Clock, hasPath: boolean): SpanStamp | undefined {
  const writer = new ProtobufWriter(maxStampBytes);
  writeSpan(writer, { ...span, attributes: [], peerBlock: undefined }, clock);
  if (hasPath) writer.raw(pathPair);
  return writer.position > maxStampBytes
    ? undefined
    : { bytes: writer.bytes(), scope: span.scope, isFailed: span.statusCode === statusCode.error };
}

export function isStamped(span: SpanData | StampedSpan): span is StampedSpan {
  return "stamp" in span;
}

/** Writes what `writeSpan` would. */
export function writeStamped(writer: ProtobufWriter, span: StampedSpan, clock: Clock): void {
  const { stamp, pathLength, peerBlock, root } = span;
  const start = writer.position;
  const view = writer.room(stamp.bytes.length + maxStampedPath);
  writer.raw(stamp.bytes);
  if (pathLength !== undefined) {
    const at = writer.position;
    writer.packed(span.path, pathLength);
    view.setUint8(at - pathLengths.pair, pathLength + pairOverhead);
    view.setUint8(at - pathLengths.any, pathLength + anyOverhead);
    view.setUint8(at - pathLengths.text, pathLength);
  }
  const startEpochMs = startEpochMsOf(root.startMs, span.endMs, clock);
  root.putIds(view, start + headPlaces.traceId, start + headPlaces.spanId);
  putEpochNanos(view, start + headPlaces.startTime, startEpochMs);
  putEpochNanos(view, start + headPlaces.endTime, startEpochMs + (span.endMs - root.startMs));
  if (peerBlock !== undefined) writeAttributeBlock(writer, attributesField, peerBlock);
  writer.close(start + 1 + messageLengthBytes, messageLengthBytes);
}
