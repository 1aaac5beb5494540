import { type Attributes, createTraceState, type HrTime, type Link, type SpanContext } from "@opentelemetry/api";
import type { ProducedResource } from "../model/resource.ts";
import type { ReadableEvent, ReadableSpan } from "../model/span-processor.ts";
import { ProtobufReader } from "../pipeline/answer/protobuf-reader.ts";

type Value = Attributes[string];
type ScopeFacts = ReadableSpan["instrumentationScope"];

const hasIsRemoteFlag = 256;
const isRemoteFlag = 512;

/**
 * The spans of an `ExportTraceServiceRequest`, in the shape that exporters of both SDK lines read. Made only for what does not speak OTLP: a
 * console, an exporter of the user's, the command that shows a spool.
 *
 * Throws a RangeError for bytes that are none. Fields it does not know are passed over.
 */
export function readTraceRequest(
  request: Uint8Array,
  makeResource: (attributes: Attributes) => ProducedResource,
): ReadableSpan[] {
  const spans: ReadableSpan[] = [];
  const reader = new ProtobufReader(request);
  while (reader.next()) {
    if (reader.field === 1) readResourceSpans(reader.bytes(), makeResource, spans);
    else reader.skip();
  }
  return spans;
}

function readResourceSpans(
  bytes: Buffer,
  makeResource: (attributes: Attributes) => ProducedResource,
  spans: ReadableSpan[],
): void {
  let attributes: Attributes = {};
  const scopes: Buffer[] = [];
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    if (reader.field === 1) attributes = readAttributesIn(reader.message(), 1);
    else if (reader.field === 2) scopes.push(reader.bytes());
    else reader.skip();
  }
  const resource = makeResource(attributes);
  for (const scope of scopes) readScopeSpans(scope, resource, spans);
}

function readScopeSpans(bytes: Buffer, resource: ProducedResource, spans: ReadableSpan[]): void {
  let scope: ScopeFacts = { name: "" };
  let schemaUrl = "";
  const found: Buffer[] = [];
  const reader = new ProtobufReader(bytes);
  while (reader.next()) {
    if (reader.field === 1) scope = readScope(reader.message());
    else if (reader.field === 2) found.push(reader.bytes());
    else if (reader.field === 3) schemaUrl = reader.text();
    else reader.skip();
  }
  const facts = schemaUrl === "" ? scope : { ...scope, schemaUrl };
  for (const span of found) spans.push(readSpan(new ProtobufReader(span), resource, facts));
}

function readScope(reader: ProtobufReader): ScopeFacts {
  let name = "";
  let version: string | undefined;
  while (reader.next()) {
    if (reader.field === 1) name = reader.text();
    else if (reader.field === 2) version = reader.text();
    else reader.skip();
  }
  return version === undefined ? { name } : { name, version };
}

function readSpan(reader: ProtobufReader, resource: ProducedResource, scope: ScopeFacts): ReadableSpan {
  const ids = { traceId: "", spanId: "", parentId: "", traceState: "", flags: 0 };
  const status = { code: 0, message: "" };
  const attributes: Attributes = {};
  const links: Link[] = [];
  const events: ReadableEvent[] = [];
  let [name, kind, start, end] = ["", 0, 0n, 0n];
  let [droppedAttributesCount, droppedEventsCount, droppedLinksCount] = [0, 0, 0];
  while (reader.next()) {
    switch (reader.field) {
      case 1:
        ids.traceId = reader.hex();
        break;
      case 2:
        ids.spanId = reader.hex();
        break;
      case 3:
        ids.traceState = reader.text();
        break;
      case 4:
        ids.parentId = reader.hex();
        break;
      case 5:
        name = reader.text();
        break;
      case 6:
        kind = Math.max(0, reader.uint() - 1);
        break;
      case 7:
        start = reader.fixed64();
        break;
      case 8:
        end = reader.fixed64();
        break;
      case 9:
        readAttribute(reader.message(), attributes);
        break;
      case 10:
        droppedAttributesCount = reader.uint();
        break;
      case 11:
        events.push(readEvent(reader.message()));
        break;
      case 12:
        droppedEventsCount = reader.uint();
        break;
      case 13:
        links.push(readLink(reader.message()));
        break;
      case 14:
        droppedLinksCount = reader.uint();
        break;
      case 15:
        readStatus(reader.message(), status);
        break;
      case 16:
        ids.flags = reader.uint();
        break;
      default:
        reader.skip();
    }
  }
  const { traceId, spanId, parentId, traceState, flags } = ids;
  const context = contextOf(traceId, spanId, flags & 255, traceState, false);
  const parentRemote = (flags & hasIsRemoteFlag) !== 0 && (flags & isRemoteFlag) !== 0;
  return {
    name,
    kind,
    spanContext: () => context,
    ...(parentId === "" || /^0+$/.test(parentId)
      ? undefined
      : { parentSpanContext: contextOf(traceId, parentId, flags & 255, traceState, parentRemote) }),
    startTime: hrTime(start),
    endTime: hrTime(end),
    duration: hrTime(end > start ? end - start : 0n),
    status: status.message === "" ? { code: status.code } : status,
    attributes,
    links,
    events,
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount,
    droppedEventsCount,
    droppedLinksCount,
  };
}

function readEvent(reader: ProtobufReader): ReadableEvent {
  const attributes: Attributes = {};
  let [name, time, droppedAttributesCount] = ["", 0n, 0];
  while (reader.next()) {
    if (reader.field === 1) time = reader.fixed64();
    else if (reader.field === 2) name = reader.text();
    else if (reader.field === 3) readAttribute(reader.message(), attributes);
    else if (reader.field === 4) droppedAttributesCount = reader.uint();
    else reader.skip();
  }
  return { name, time: hrTime(time), attributes, droppedAttributesCount };
}

function readLink(reader: ProtobufReader): Link {
  const attributes: Attributes = {};
  let [traceId, spanId, traceState, flags, droppedAttributesCount] = ["", "", "", 0, 0];
  while (reader.next()) {
    if (reader.field === 1) traceId = reader.hex();
    else if (reader.field === 2) spanId = reader.hex();
    else if (reader.field === 3) traceState = reader.text();
    else if (reader.field === 4) readAttribute(reader.message(), attributes);
    else if (reader.field === 5) droppedAttributesCount = reader.uint();
    else if (reader.field === 6) flags = reader.uint();
    else reader.skip();
  }
  const context = contextOf(traceId, spanId, flags & 255, traceState, (flags & isRemoteFlag) !== 0);
  return { context, attributes, droppedAttributesCount };
}

function readStatus(reader: ProtobufReader, status: { code: number; message: string }): void {
  while (reader.next()) {
    if (reader.field === 2) status.message = reader.text();
    else if (reader.field === 3) status.code = reader.uint();
    else reader.skip();
  }
}

function readAttributesIn(reader: ProtobufReader, field: number): Attributes {
  const attributes: Attributes = {};
  while (reader.next()) {
    if (reader.field === field) readAttribute(reader.message(), attributes);
    else reader.skip();
  }
  return attributes;
}

function readAttribute(reader: ProtobufReader, into: Attributes): void {
  let key = "";
  let value: Value;
  while (reader.next()) {
    if (reader.field === 1) key = reader.text();
    else if (reader.field === 2) value = readValue(reader.message());
    else reader.skip();
  }
  // A key may be any text, `__proto__` too.
  Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true });
}

function readValue(reader: ProtobufReader): Value {
  let value: Value;
  while (reader.next()) {
    if (reader.field === 1) value = reader.text();
    else if (reader.field === 2) value = reader.bool();
    else if (reader.field === 3) value = reader.int();
    else if (reader.field === 4) value = reader.double();
    else if (reader.field === 5) value = readArray(reader.message());
    else reader.skip();
  }
  return value;
}

function readArray(reader: ProtobufReader): Value {
  const values: unknown[] = [];
  while (reader.next()) {
    if (reader.field === 1) values.push(readValue(reader.message()) ?? null);
    else reader.skip();
  }
  return values;
}

function contextOf(
  traceId: string,
  spanId: string,
  traceFlags: number,
  traceState: string,
  isRemote: boolean,
): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags,
    ...(traceState === "" ? undefined : { traceState: createTraceState(traceState) }),
    ...(isRemote ? { isRemote } : undefined),
  };
}

function hrTime(nanos: bigint): HrTime {
  return [Number(nanos / 1_000_000_000n), Number(nanos % 1_000_000_000n)];
}
