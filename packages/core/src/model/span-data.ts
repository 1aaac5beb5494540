import type { AttributeBlock } from "./attribute-block.ts";
import type { AttributeList } from "./attributes.ts";
import type { Scope } from "./scope.ts";

/** OpenTelemetry span kinds by the numbers of `@opentelemetry/api` (OTLP counts one higher). */
export const spanKind = { internal: 0, server: 1, client: 2, producer: 3, consumer: 4 } as const;

/** OpenTelemetry status codes; API and OTLP agree on them. */
export const statusCode = { unset: 0, ok: 1, error: 2 } as const;

/** Something that happened at one moment of a span. `timeMs` is monotonic. */
export interface SpanEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: AttributeList;
  readonly droppedAttributesCount: number;
}

/** A pointer from a span to another span, in this trace or any other. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  /** W3C flags, with the two OTLP bits that say whether it is known to be remote (256, 512). */
  readonly flags: number;
  readonly attributes: AttributeList;
  readonly droppedAttributesCount: number;
}

/** A finished span as the writers read it. Ids are 32-bit words, times monotonic milliseconds; nothing here is text that nobody asked for. */
export interface SpanData {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  readonly s0: number;
  readonly s1: number;
  /** Both zero for a root. */
  readonly p0: number;
  readonly p1: number;
  /** OTLP `Span.flags`: W3C trace flags in bits 0–7, "parent is remote is known" 256, "parent is remote" 512. */
  readonly flags: number;
  readonly traceState: string;
  readonly name: string;
  /** {@link spanKind} */
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Attributes that stand before its own, of a server span: what requests of its route have in common. No key is in two of the three. */
  readonly routeBlock: AttributeBlock | undefined;
  readonly attributes: AttributeList;
  /** Attributes that stand behind its own, of a server span: what requests of its connection have in common. */
  readonly peerBlock: AttributeBlock | undefined;
  readonly droppedAttributesCount: number;
  readonly events: readonly SpanEvent[] | undefined;
  readonly droppedEventsCount: number;
  readonly links: readonly SpanLink[] | undefined;
  readonly droppedLinksCount: number;
  /** {@link statusCode} */
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly scope: Scope;
}

/** All attributes of a span: its own list where it has no more, else a new one. */
export function allAttributes({
  routeBlock,
  attributes,
  peerBlock,
}: Pick<SpanData, "routeBlock" | "attributes" | "peerBlock">): AttributeList {
  if (routeBlock === undefined && peerBlock === undefined) return attributes;
  return [...(routeBlock?.list ?? []), ...attributes, ...(peerBlock?.list ?? [])];
}
