import type { Attributes, Context, HrTime, Link, Span, SpanContext, SpanStatus } from "@opentelemetry/api";
import type { ProducedResource } from "./resource.ts";

/** An event as the SDKs' exporters read it. */
export interface ReadableEvent {
  time: HrTime;
  name: string;
  attributes?: Attributes;
  droppedAttributesCount?: number;
}

/** A span as exporters and processors of the OpenTelemetry SDK 2 and 3 read it. */
export interface ReadableSpan {
  readonly name: string;
  readonly kind: number;
  readonly spanContext: () => SpanContext;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: Link[];
  readonly events: ReadableEvent[];
  readonly duration: HrTime;
  readonly ended: boolean;
  readonly resource: ProducedResource;
  readonly instrumentationScope: { readonly name: string; readonly version?: string; readonly schemaUrl?: string };
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

/** What sees spans begin and end: the `SpanProcessor` of the OpenTelemetry SDK 2 or 3, or one of your own. */
export interface SpanProcessor {
  /** A recorded span has begun; what is set on it now goes out with it. */
  onStart(span: Span & ReadableSpan, parentContext: Context): void;
  /** A recorded span has ended. It may be kept; it does not change any more. */
  onEnd(span: ReadableSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** What takes finished spans somewhere: the `SpanExporter` of the OpenTelemetry SDK 2 or 3, or one of your own. */
export interface SpanExporter {
  /** Calls back once: code 0 for success, 1 for failure. */
  export(spans: ReadableSpan[], resultCallback: (result: { code: number; error?: Error }) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}
