import type { Scope } from "../model/scope.ts";
import { type SpanData, spanKind, statusCode } from "../model/span-data.ts";
import { writeSpan } from "../otlp/span-writer.ts";
import { ProtobufWriter } from "../otlp/protobuf-writer.ts";
import { exportRequestParts } from "../otlp/export-request.ts";
import type { EncodedChunk } from "../otlp/encoded-chunk.ts";
import { decodeTraceRequest, type ReceivedSpan } from "@gossamer/testing";
import { handClock } from "../metrics/testing/test-metrics.ts";

export const testScope: Scope = { name: "shop", version: "1.2.3" };

/** A finished span of one millisecond, but for what is given. */
export function spanData(change: Partial<SpanData> = {}): SpanData {
  return {
    t0: 0x0123_4567,
    t1: 0x89ab_cdef | 0,
    t2: 1,
    t3: -1,
    s0: 0x7fff_ffff,
    s1: -0x8000_0000,
    p0: 0,
    p1: 0,
    flags: 3,
    traceState: "",
    name: "work",
    kind: spanKind.internal,
    startMs: 0,
    endMs: 1,
    routeBlock: undefined,
    attributes: [],
    peerBlock: undefined,
    droppedAttributesCount: 0,
    events: undefined,
    droppedEventsCount: 0,
    links: undefined,
    droppedLinksCount: 0,
    statusCode: statusCode.unset,
    statusMessage: "",
    scope: testScope,
    ...change,
  };
}

/** The request that holds the chunks, as one piece. */
export function requestOf(
  chunks: readonly EncodedChunk[],
  attributes: Record<string, string> = { "service.name": "shop" },
): Uint8Array {
  return Buffer.concat(exportRequestParts({ attributes }, chunks));
}

/** A span written by our writer and read with the published schema. */
export function throughTheWire(change: Partial<SpanData>, epochMs?: number): ReceivedSpan {
  const span = spanData(change);
  const writer = new ProtobufWriter(16);
  writeSpan(writer, span, handClock(epochMs));
  const bytes = writer.bytes();
  const [received] = decodeTraceRequest(
    requestOf([{ bytes, ends: Uint32Array.of(bytes.length), segments: [{ scope: span.scope, first: 0 }] }]),
  );
  if (received === undefined) throw new Error("No span was decoded.");
  return received;
}
