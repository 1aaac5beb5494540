import { ChunkWriter, type ChunkWriterSettings } from "../chunk-writer.ts";
import { Outlet } from "../outlet.ts";
import type { ProtobufWriter } from "../protobuf-writer.ts";
import { type LogRecord, severity } from "./log-record.ts";
import { writeLogRecord } from "./log-record-writer.ts";

class LogChunkWriter extends ChunkWriter<LogRecord> {
  protected override encode(writer: ProtobufWriter, record: LogRecord): void {
    writeLogRecord(writer, record);
  }
}

/** Takes log records. Errors outlive the others when their lane is full. */
export class LogOutlet extends Outlet<LogRecord> {
  protected override isFailed(record: LogRecord): boolean {
    return record.severityNumber >= severity.error;
  }

  protected override writer(settings: ChunkWriterSettings): ChunkWriter<LogRecord> {
    return new LogChunkWriter(settings);
  }
}
