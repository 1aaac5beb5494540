import type { SpanData } from "../model/span-data.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";
import { isStamped, type StampedSpan, writeStamped } from "./span-stamp.ts";
import { writeSpan } from "./span-writer.ts";

/** Gathers finished spans in chunks. */
export class SpanChunkWriter extends ChunkWriter<SpanData | StampedSpan> {
  protected override encode(writer: ProtobufWriter, span: SpanData | StampedSpan): void {
    if (isStamped(span)) writeStamped(writer, span, this.clock);
    else writeSpan(writer, span, this.clock);
  }
}
