import type { SpanData } from "../model/span-data.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";
import { writeSpan } from "./span-writer.ts";

/** Gathers finished spans in chunks. */
export class SpanChunkWriter extends ChunkWriter<SpanData> {
  protected override encode(writer: ProtobufWriter, span: SpanData): void {
    writeSpan(writer, span, this.clock);
  }
}
