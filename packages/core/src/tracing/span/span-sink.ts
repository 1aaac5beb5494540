import type { Context, Span } from "@opentelemetry/api";
import type { SpanData } from "../../model/span-data.ts";
import type { StampedSpan } from "../../otlp/span-stamp.ts";

/** Where finished spans that are kept go. It reads the span at once and never throws. */
export interface SpanSink {
  /**
   * `lane` is where its trace goes; a lane that is not there, or none, is that of ordinary requests. `key` is what its start was told under, where
   * that was not the span itself.
   */
  write(span: SpanData, lane?: string, key?: object): void;
  /** Takes a healthy span by its stamp. Absent where somebody looks at spans. */
  stamp?(span: StampedSpan, lane?: string): void;
}

/** A recorded span that has begun. */
export interface SpanStarted {
  /** Under which its end will be told: the span itself, or the request it stands for. */
  readonly key: object;
  /** Takes what processors set. */
  readonly span: Span;
  /** The span as it is now. */
  readonly read: () => SpanData;
  readonly parentContext: Context;
}

/** Told of recorded spans as they begin. Never throws. */
export interface SpanStarts {
  started(start: SpanStarted): void;
}
