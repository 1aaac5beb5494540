import type { SpanData } from "../model/span-data.ts";

/** Where finished spans that are kept go. It reads the span at once and never throws. */
export interface SpanSink {
  /** `lane` is where its trace goes; a lane that is not there, or none, is that of ordinary requests. */
  write(span: SpanData, lane?: string): void;
}
