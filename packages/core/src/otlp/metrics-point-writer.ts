import type {
  Exemplar,
  ExponentialPoint,
  ExponentialRange,
  HistogramPoint,
  NumberPoint,
  ValueType,
} from "../model/metric-data.ts";
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

/** Writes the fields of an `ExponentialHistogramDataPoint`. */
export function writeExponentialPoint(writer: ProtobufWriter, point: ExponentialPoint, time: PointTime): void {
  writeAttributes(writer, 1, point.attributes);
  writer.epochNanosField(2, time.startMs);
  writer.epochNanosField(3, time.timeMs);
  writer.fixed64Field(4, point.count);
  writer.doubleField(5, point.sum);
  writer.varintField(6, zigzag(point.scale));
  writer.fixed64Field(7, point.zeros);
  writeRange(writer, 8, point.positive);
  writeRange(writer, 9, point.negative);
  writeExemplars(writer, 11, point.exemplars);
  writer.doubleField(12, point.min);
  writer.doubleField(13, point.max);
}

function writeRange(writer: ProtobufWriter, field: number, { offset, counts }: ExponentialRange): void {
  const message = writer.open(field);
  writer.varintField(1, zigzag(offset));
  if (counts.length > 0) writer.bytesField(2, packVarints(counts));
  writer.close(message);
}

/** A signed number as `sint32` has it. */
function zigzag(value: number): number {
  return value < 0 ? -2 * value - 1 : 2 * value;
}

function packVarints(values: readonly number[]): Uint8Array {
  const bytes: number[] = [];
  for (const value of values) {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
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
