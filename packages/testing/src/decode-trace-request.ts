import { attributeRecord, type ReceivedAttributes } from "./attribute-record.ts";
import { otlpSchema, readMessage, type SchemaSpan, type SchemaTraceRequest } from "./otlp-schema.ts";

/** What made a span or metric, and where. */
export interface ReceivedOrigin {
  readonly scope: {
    readonly name: string;
    readonly version: string;
    readonly attributes: ReceivedAttributes;
    readonly schemaUrl: string;
  };
  readonly resource: ReceivedAttributes;
  readonly resourceSchemaUrl: string;
}

/** A span as it was on the wire. Ids are lower-case hex, `kind` counts as OTLP does (server is 2), times are nanoseconds since 1970. */
export interface ReceivedSpan extends ReceivedOrigin {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: ReceivedAttributes;
  readonly droppedAttributesCount: number;
  readonly events: readonly ReceivedEvent[];
  readonly droppedEventsCount: number;
  readonly links: readonly ReceivedLink[];
  readonly droppedLinksCount: number;
  readonly status: { readonly code: number; readonly message: string };
}

export interface ReceivedEvent {
  readonly name: string;
  readonly timeUnixNano: bigint;
  readonly attributes: ReceivedAttributes;
  readonly droppedAttributesCount: number;
}

export interface ReceivedLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly attributes: ReceivedAttributes;
  readonly droppedAttributesCount: number;
}

/** The spans of an ExportTraceServiceRequest, flattened, in the order of the wire. Throws when the bytes are not one. */
export function decodeTraceRequest(bytes: Uint8Array): ReceivedSpan[] {
  return readTraceRequest(bytes).resourceSpans.flatMap((resourceSpans) => {
    const resource = attributeRecord(resourceSpans.resource?.attributes ?? []);
    return resourceSpans.scopeSpans.flatMap(({ scope, schemaUrl, spans }) => {
      const origin: ReceivedOrigin = {
        scope: {
          name: scope?.name ?? "",
          version: scope?.version ?? "",
          attributes: attributeRecord(scope?.attributes ?? []),
          schemaUrl,
        },
        resource,
        resourceSchemaUrl: resourceSpans.schemaUrl,
      };
      return spans.map((span) => receivedSpan(span, origin));
    });
  });
}

/** The whole request with nothing flattened or converted, integers told from doubles: for comparing two encoders field by field. */
export function readTraceRequest(bytes: Uint8Array): SchemaTraceRequest {
  return readMessage(otlpSchema.trace.v1.ExportTraceServiceRequest, bytes);
}

function receivedSpan(span: SchemaSpan, origin: ReceivedOrigin): ReceivedSpan {
  return {
    ...origin,
    traceId: span.traceId.toString("hex"),
    spanId: span.spanId.toString("hex"),
    parentSpanId: span.parentSpanId.toString("hex"),
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: BigInt(span.startTimeUnixNano),
    endTimeUnixNano: BigInt(span.endTimeUnixNano),
    attributes: attributeRecord(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({
      name: event.name,
      timeUnixNano: BigInt(event.timeUnixNano),
      attributes: attributeRecord(event.attributes),
      droppedAttributesCount: event.droppedAttributesCount,
    })),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link) => ({
      traceId: link.traceId.toString("hex"),
      spanId: link.spanId.toString("hex"),
      traceState: link.traceState,
      flags: link.flags,
      attributes: attributeRecord(link.attributes),
      droppedAttributesCount: link.droppedAttributesCount,
    })),
    droppedLinksCount: span.droppedLinksCount,
    status: { code: span.status?.code ?? 0, message: span.status?.message ?? "" },
  };
}
