import type { SpanData } from "../model/span-data.ts";

/** Where finished spans that are kept go. It reads the span at once and never throws. */
export interface SpanSink {
  /** `key` is what its start was told under, where that was not the span itself. */
  write(span: SpanData, key?: object): void;
}
