import type { ReadableSpan } from "@gossamer/core";
import type { PageAttributes, PageValue } from "../protocol.ts";
import type { StoredSpan } from "../traces/span-tree.ts";

export const spanKinds = ["internal", "server", "client", "producer", "consumer"] as const;
export const spanStatuses = ["unset", "ok", "error"] as const;

/** What is kept of a span: plain values, nothing that leads to its request. */
export function storedSpan(span: ReadableSpan, service: string): StoredSpan {
  const { traceId, spanId } = span.spanContext();
  const { message } = span.status;
  const parentSpanId = span.parentSpanContext?.spanId;
  return withBytes({
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    service,
    scope: span.instrumentationScope.name,
    name: span.name,
    kind: spanKinds[span.kind] ?? "internal",
    startMs: millis(span.startTime),
    durationMs: millis(span.duration),
    status: spanStatuses[span.status.code] ?? "unset",
    ...(message === undefined ? {} : { statusMessage: message }),
    attributes: plain(span.attributes),
    events: span.events.map(({ name, time, attributes = {} }) => ({
      name,
      at: millis(time),
      attributes: plain(attributes),
    })),
    links: span.links.map(({ context, attributes = {} }) => ({
      traceId: context.traceId,
      spanId: context.spanId,
      attributes: plain(attributes),
    })),
    dropped: {
      attributes: span.droppedAttributesCount,
      events: span.droppedEventsCount,
      links: span.droppedLinksCount,
    },
  });
}

export function withBytes(span: Omit<StoredSpan, "bytes">): StoredSpan {
  const inner = [...span.events, ...span.links].reduce((sum, { attributes }) => sum + 100 + bytesOf(attributes), 0);
  const named = span.events.reduce((sum, { name }) => sum + name.length, 0);
  const own = span.name.length + span.service.length + span.scope.length + (span.statusMessage?.length ?? 0) + named;
  return { ...span, bytes: 450 + own * 2 + bytesOf(span.attributes) + inner };
}

function bytesOf(value: PageAttributes): number {
  let bytes = 0;
  for (const [key, member] of Object.entries(value)) bytes += 24 + key.length + valueBytes(member);
  return bytes;
}

/** About: letters as they are kept where one of them is beyond Latin 1. */
function valueBytes(value: PageValue): number {
  if (typeof value === "string") return 16 + value.length * 2;
  if (typeof value !== "object" || value === null) return 8;
  return Object.values(value as PageAttributes).reduce<number>((sum, member) => sum + 8 + valueBytes(member), 16);
}

/** What the API lets through has holes in its lists. */
function plain(attributes: ReadableSpan["attributes"]): PageAttributes {
  return attributes as PageAttributes;
}

function millis([seconds, nanos]: readonly [number, number]): number {
  return seconds * 1_000 + nanos / 1e6;
}
