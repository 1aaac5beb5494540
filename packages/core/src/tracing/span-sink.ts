import type { SpanData } from "../model/span-data.ts";

/** Where finished spans that are kept go. It reads the span at once and never throws. */
export interface SpanSink {
  /**
   * `lane` is where its trace goes; a lane that is not there, or none, is that of ordinary requests. `key` is what its start was told under, where
   * that was not the span itself.
   */
  write(span: SpanData, lane?: string, key?: object): void;
}
