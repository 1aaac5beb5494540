import { type SpanData, statusCode } from "../model/span-data.ts";
import type { ChunkWriter, ChunkWriterSettings } from "./chunk-writer.ts";
import { Outlet } from "./outlet.ts";
import { SpanChunkWriter } from "./span-chunk-writer.ts";

/** Takes finished spans. */
export class SpanOutlet extends Outlet<SpanData> {
  protected override isFailed(span: SpanData): boolean {
    return span.statusCode === statusCode.error;
  }

  protected override writer(settings: ChunkWriterSettings): ChunkWriter<SpanData> {
    return new SpanChunkWriter(settings);
  }
}
