import type { SpanData } from "../model/span-data.ts";

/** Where finished spans that are kept go. It reads the span at once and never throws. */
export interface SpanSink {
  write(span: SpanData): void;
}
