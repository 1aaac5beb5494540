import type {
  Attributes,
  Exception,
  HrTime,
  Link,
  Span,
  SpanContext,
  SpanKind,
  SpanStatus,
  TimeInput,
} from "@opentelemetry/api";
import { attributeRecord } from "../../model/attributes.ts";
import type { Clock } from "../../model/clock.ts";
import { hrTime } from "../../model/clock.ts";
import { spanIdText, traceIdText } from "../../model/ids.ts";
import type { ProducedResource } from "../../model/resource.ts";
import { allAttributes, type SpanData, type SpanLink } from "../../model/span-data.ts";
import type { ReadableEvent, ReadableSpan } from "../../model/span-processor.ts";
import { parseTraceState } from "../propagation/trace-state.ts";

const w3cFlags = 255;
const remote = 512;

/** What the views of all spans share. */
export interface PluggedSpanParts {
  readonly clock: Clock;
  /** One object for all spans: exporters group by it. */
  readonly resource: ProducedResource;
}

/**
 * A span as plugged-in processors and exporters see it: readable in the shape of both SDK lines, and writable until it ends.
 *
 * Until then it shows the span as it is at the moment of looking. At its end everything is taken over once, so that what a processor changes
 * on `attributes`, the exporters after it get.
 */
export class PluggedSpan implements Span, ReadableSpan {
  readonly parentSpanContext?: SpanContext;
  readonly #parts: PluggedSpanParts;
  readonly #target: Span | undefined;
  readonly #spanContext: SpanContext;
  #read: () => SpanData;
  #final: Final | undefined = undefined;

  /** `target` takes what is set while it is open; without one nothing does. */
  constructor(parts: PluggedSpanParts, read: () => SpanData, target: Span | undefined) {
    this.#parts = parts;
    this.#read = read;
    this.#target = target;
    const data = read();
    this.#spanContext = contextOf(data);
    const parent = parentOf(data);
    if (parent !== undefined) this.parentSpanContext = parent;
  }

  /** The span is over; from now on it is what `data` says. */
  finish(data: SpanData): void {
    this.#read = () => data;
    this.#final = takeOver(data, this.#parts.clock);
  }

  get name(): string {
    return this.#read().name;
  }
  get kind(): SpanKind {
    return this.#read().kind;
  }
  get startTime(): HrTime {
    return this.#now.startTime;
  }
  get endTime(): HrTime {
    return this.#now.endTime;
  }
  get duration(): HrTime {
    return this.#now.duration;
  }
  get status(): SpanStatus {
    return this.#now.status;
  }
  get attributes(): Attributes {
    return this.#now.attributes;
  }
  get links(): Link[] {
    return this.#now.links;
  }
  get events(): ReadableEvent[] {
    return this.#now.events;
  }
  get ended(): boolean {
    return this.#final !== undefined;
  }
  get resource(): ProducedResource {
    return this.#parts.resource;
  }
  get instrumentationScope(): ReadableSpan["instrumentationScope"] {
    const { name, version, schemaUrl } = this.#read().scope;
    return schemaUrl === undefined ? { name, version } : { name, version, schemaUrl };
  }
  get droppedAttributesCount(): number {
    return this.#read().droppedAttributesCount;
  }
  get droppedEventsCount(): number {
    return this.#read().droppedEventsCount;
  }
  get droppedLinksCount(): number {
    return this.#read().droppedLinksCount;
  }

  spanContext(): SpanContext {
    return this.#spanContext;
  }
  isRecording(): boolean {
    return !this.ended && this.#target !== undefined;
  }
  setAttribute(key: string, value: Attributes[string]): this {
    if (value !== undefined) this.#open?.setAttribute(key, value);
    return this;
  }
  setAttributes(attributes: Attributes): this {
    this.#open?.setAttributes(attributes);
    return this;
  }
  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    this.#open?.addEvent(name, attributesOrTime, time);
    return this;
  }
  addLink(link: Link): this {
    this.#open?.addLink(link);
    return this;
  }
  addLinks(links: Link[]): this {
    this.#open?.addLinks(links);
    return this;
  }
  setStatus(status: SpanStatus): this {
    this.#open?.setStatus(status);
    return this;
  }
  updateName(name: string): this {
    this.#open?.updateName(name);
    return this;
  }
  recordException(exception: Exception, time?: TimeInput): void {
    this.#open?.recordException(exception, time);
  }
  /** Its owner ends it. */
  end(): void {}

  get #open(): Span | undefined {
    return this.ended ? undefined : this.#target;
  }

  get #now(): Final {
    return this.#final ?? takeOver(this.#read(), this.#parts.clock);
  }
}

/** What exporters read, made once. */
interface Final {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: Link[];
  readonly events: ReadableEvent[];
}

function takeOver(data: SpanData, clock: Clock): Final {
  const { startMs, endMs } = data;
  return {
    startTime: hrTime(clock.epochMs(startMs)),
    endTime: endMs === 0 ? [0, 0] : hrTime(clock.epochMs(endMs)),
    duration: hrTime(Math.max(0, endMs - startMs)),
    status:
      data.statusMessage === "" ? { code: data.statusCode } : { code: data.statusCode, message: data.statusMessage },
    attributes: attributeRecord(allAttributes(data)),
    links: (data.links ?? []).map(linkOf),
    events: (data.events ?? []).map(({ name, timeMs, attributes, droppedAttributesCount }) => ({
      name,
      time: hrTime(clock.epochMs(timeMs)),
      attributes: attributeRecord(attributes),
      droppedAttributesCount,
    })),
  };
}

function contextOf(span: SpanData): SpanContext {
  return spanContext(traceIdText(span), spanIdText(span.s0, span.s1), span.flags, span.traceState);
}

function parentOf(span: SpanData): SpanContext | undefined {
  const { p0, p1, flags, traceState } = span;
  if (p0 === 0 && p1 === 0) return undefined;
  return {
    ...spanContext(traceIdText(span), spanIdText(p0, p1), flags, traceState),
    isRemote: (flags & remote) === remote,
  };
}

function linkOf(link: SpanLink): Link {
  const { traceId, spanId, flags, traceState, attributes, droppedAttributesCount } = link;
  return {
    context: { ...spanContext(traceId, spanId, flags, traceState), isRemote: (flags & remote) === remote },
    attributes: attributeRecord(attributes),
    droppedAttributesCount,
  };
}

function spanContext(traceId: string, spanId: string, flags: number, state: string): SpanContext {
  const traceState = state === "" ? undefined : parseTraceState(state);
  const plain = { traceId, spanId, traceFlags: flags & w3cFlags };
  return traceState === undefined ? plain : { ...plain, traceState };
}
