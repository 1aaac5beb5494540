import type { Attributes, HrTime, Link, SpanContext, SpanStatus } from "@opentelemetry/api";

/** An event as the SDKs' exporters read it. */
export interface ExportedEvent {
  time: HrTime;
  name: string;
  attributes?: Attributes;
  droppedAttributesCount?: number;
}

/** A finished span as exporters of the OpenTelemetry SDK 2 and 3 read it. */
export interface ExportedSpan {
  readonly name: string;
  readonly kind: number;
  readonly spanContext: () => SpanContext;
  readonly parentSpanContext?: SpanContext;
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly links: Link[];
  readonly events: ExportedEvent[];
  readonly duration: HrTime;
  readonly ended: boolean;
  readonly resource: ExportedResource;
  readonly instrumentationScope: { readonly name: string; readonly version?: string; readonly schemaUrl?: string };
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
}

/** A resource as both SDK lines read it. */
export interface ExportedResource {
  readonly attributes: Attributes;
  readonly schemaUrl?: string;
  merge(other: ExportedResource | null): ExportedResource;
  getRawAttributes(): [string, Attributes[string]][];
}

/** Exporters that are built in; `none` is none. */
export type ExporterName = "otlp" | "console" | "none";

/** What takes finished spans somewhere: the `SpanExporter` of the OpenTelemetry SDK 2 or 3, or one of your own. */
export interface SpanExporterLike {
  /** Calls back once: code 0 for success, 1 for failure. */
  export(spans: ExportedSpan[], resultCallback: (result: { code: number; error?: Error }) => void): void;
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}
