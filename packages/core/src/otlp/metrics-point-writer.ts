import type { Exemplar, HistogramPoint, NumberPoint, ValueType } from "../model/metric-data.ts";
import type { ProtobufWriter } from "./protobuf-writer.ts";
import { writeAttributes } from "./write-attribute.ts";

/** The time a point stands for, in milliseconds since 1970. */
export interface PointTime {
  readonly startMs: number;
  readonly timeMs: number;
}

/**
 * Writes the fields of a `NumberDataPoint`. A fraction in a metric of integers goes as a double.
 *
 * Source: opentelemetry/proto/metrics/v1/metrics.proto (OTLP 1.x)
 */
export function writeNumberPoint(writer: ProtobufWriter, point: NumberPoint, type: ValueType, time: PointTime): void {
  writer.epochNanosField(2, time.startMs);
  writer.epochNanosField(3, time.timeMs);
  if (type === "int" && Number.isSafeInteger(point.value)) writer.fixed64Field(6, point.value);
  else writer.doubleField(4, point.value);
  writeExemplars(writer, 5, point.exemplars);
  writeAttributes(writer, 7, point.attributes);
}

/** Writes the fields of a `HistogramDataPoint`; `bounds` are its boundaries as {@link packDoubles} made them. */
export function writeHistogramPoint(
  writer: ProtobufWriter,
  point: HistogramPoint,
  bounds: Uint8Array,
  time: PointTime,
): void {
  writer.epochNanosField(2, time.startMs);
  writer.epochNanosField(3, time.timeMs);
  writer.fixed64Field(4, point.count);
  writer.doubleField(5, point.sum);
  writer.bytesField(6, packCounts(point.counts));
  if (bounds.length > 0) writer.bytesField(7, bounds);
  writeExemplars(writer, 8, point.exemplars);
  writeAttributes(writer, 9, point.attributes);
  if (point.min !== undefined) writer.doubleField(11, point.min);
  if (point.max !== undefined) writer.doubleField(12, point.max);
}

function writeExemplars(writer: ProtobufWriter, field: number, exemplars: readonly Exemplar[] = []): void {
  for (const { value, timeMs, traceId, spanId } of exemplars) {
    const message = writer.open(field);
    writer.epochNanosField(2, timeMs);
    writer.doubleField(3, value);
    if (spanId !== undefined) writer.bytesField(4, Buffer.from(spanId, "hex"));
    if (traceId !== undefined) writer.bytesField(5, Buffer.from(traceId, "hex"));
    writer.close(message);
  }
}

/** The body of a packed field of doubles. */
export function packDoubles(values: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  for (const [i, value] of values.entries()) view.setFloat64(i * 8, value, true);
  return new Uint8Array(view.buffer);
}

function packCounts(counts: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(counts.length * 8));
  for (const [i, count] of counts.entries()) view.setBigUint64(i * 8, BigInt(count), true);
  return new Uint8Array(view.buffer);
}
