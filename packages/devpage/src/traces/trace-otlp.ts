import type { PageAttributes, PageValue, SpanView, TraceDetail } from "../protocol.ts";
import { droppedText } from "./dropped-text.ts";
import { groupBy } from "./group-by.ts";

/**
 * A trace as OTLP's JSON has it: what a collector takes at `/v1/traces`, and what viewers open. There is no field for spans that a trace has lost: an
 * event on its first span says so.
 */
export function traceOtlp({ spans: all, summary: { dropped } }: Pick<TraceDetail, "spans" | "summary">): object {
  const [first, ...others] = all;
  const spans = first === undefined || dropped === 0 ? all : [withDropped(first, dropped), ...others];
  const services = groupBy(spans, ({ service }) => service);
  return {
    resourceSpans: [...services].map(([service, own]) => ({
      resource: { attributes: attributesOf({ "service.name": service }) },
      scopeSpans: [...groupBy(own, ({ scope }) => scope)].map(([name, inScope]) => ({
        scope: { name },
        spans: inScope.map(spanOf),
      })),
    })),
  };
}

const kinds = ["internal", "server", "client", "producer", "consumer"] as const;
const statuses = ["unset", "ok", "error"] as const;

function withDropped(span: SpanView, dropped: number): SpanView {
  const event = {
    name: droppedText(dropped),
    at: span.startMs + span.durationMs,
    attributes: { "spans.dropped": dropped },
  };
  return { ...span, events: [...span.events, event] };
}

function spanOf(span: SpanView): object {
  const { traceId, spanId, parentSpanId, name, kind, startMs, durationMs, status, statusMessage, dropped } = span;
  return {
    traceId,
    spanId,
    ...(parentSpanId === undefined ? {} : { parentSpanId }),
    name,
    kind: kinds.indexOf(kind) + 1,
    startTimeUnixNano: nanos(startMs),
    endTimeUnixNano: nanos(startMs + durationMs),
    attributes: attributesOf(span.attributes),
    droppedAttributesCount: dropped.attributes,
    events: span.events.map(({ name: event, at, attributes }) => ({
      timeUnixNano: nanos(at),
      name: event,
      attributes: attributesOf(attributes),
    })),
    droppedEventsCount: dropped.events,
    links: span.links.map((link) => ({
      traceId: link.traceId,
      spanId: link.spanId,
      attributes: attributesOf(link.attributes),
    })),
    droppedLinksCount: dropped.links,
    status: {
      code: statuses.indexOf(status),
      ...(statusMessage === undefined ? {} : { message: statusMessage }),
    },
  };
}

function attributesOf(attributes: PageAttributes): object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueOf(value) }));
}

function valueOf(value: PageValue): object {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  // As OTLP's JSON has NaN and the infinities.
  if (typeof value === "number" && !Number.isFinite(value)) return { doubleValue: String(value) };
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (value === null) return {};
  return isList(value)
    ? { arrayValue: { values: value.map(valueOf) } }
    : { kvlistValue: { values: attributesOf(value) } };
}

function isList(value: PageValue): value is readonly PageValue[] {
  return Array.isArray(value);
}

/** Whole microseconds are all that there is to know. */
function nanos(ms: number): string {
  return `${BigInt(Math.round(ms * 1_000))}000`;
}
