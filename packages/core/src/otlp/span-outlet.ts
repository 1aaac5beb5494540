import { type SpanData, statusCode } from "../model/span-data.ts";
import type { ChunkWriter, ChunkWriterSettings } from "./chunk-writer.ts";
import { Outlet } from "./outlet.ts";
import { SpanChunkWriter } from "./span-chunk-writer.ts";
import { isStamped, type StampedSpan } from "./span-stamp.ts";

/** Takes finished spans. */
export class SpanOutlet extends Outlet<SpanData | StampedSpan> {
  protected override isFailed(span: SpanData | StampedSpan): boolean {
    return isStamped(span) ? span.stamp.isFailed : span.statusCode === statusCode.error;
  }

  protected override writer(settings: ChunkWriterSettings): ChunkWriter<SpanData | StampedSpan> {
    return new SpanChunkWriter(settings);
  }
}
