import { ProtobufReader } from "@gossamer/core/adapter";

/** What a field of a message becomes, in the form that OTLP's JSON has. A `time` and a `long` are decimal text, as there. */
type Field =
  | readonly [
      name: string,
      kind: "text" | "hex" | "base64" | "uint" | "int" | "bool" | "double" | "time" | "long" | "longs" | "doubles",
    ]
  | readonly [name: string, kind: "one" | "many", message: () => Message];

type Message = Readonly<Record<number, Field>>;

// Numbers of fields by the published schema, https://github.com/open-telemetry/opentelemetry-proto. What is not here is passed over.
const anyValue: Message = {
  1: ["stringValue", "text"],
  2: ["boolValue", "bool"],
  3: ["intValue", "int"],
  4: ["doubleValue", "double"],
  5: ["arrayValue", "one", () => ({ 1: ["values", "many", () => anyValue] })],
  6: ["kvlistValue", "one", () => ({ 1: ["values", "many", () => keyValue] })],
  7: ["bytesValue", "base64"],
};
const keyValue: Message = { 1: ["key", "text"], 2: ["value", "one", () => anyValue] };
const attributed: Message = { 1: ["attributes", "many", () => keyValue] };
const scope: Message = { 1: ["name", "text"], 2: ["version", "text"] };
const event: Message = { 1: ["timeUnixNano", "time"], 2: ["name", "text"], 3: ["attributes", "many", () => keyValue] };
const link: Message = { 1: ["traceId", "hex"], 2: ["spanId", "hex"], 4: ["attributes", "many", () => keyValue] };
const status: Message = { 2: ["message", "text"], 3: ["code", "uint"] };
const span: Message = {
  1: ["traceId", "hex"],
  2: ["spanId", "hex"],
  4: ["parentSpanId", "hex"],
  5: ["name", "text"],
  6: ["kind", "uint"],
  7: ["startTimeUnixNano", "time"],
  8: ["endTimeUnixNano", "time"],
  9: ["attributes", "many", () => keyValue],
  10: ["droppedAttributesCount", "uint"],
  11: ["events", "many", () => event],
  12: ["droppedEventsCount", "uint"],
  13: ["links", "many", () => link],
  14: ["droppedLinksCount", "uint"],
  15: ["status", "one", () => status],
};
const logRecord: Message = {
  1: ["timeUnixNano", "time"],
  2: ["severityNumber", "uint"],
  3: ["severityText", "text"],
  5: ["body", "one", () => anyValue],
  6: ["attributes", "many", () => keyValue],
  9: ["traceId", "hex"],
  10: ["spanId", "hex"],
  11: ["observedTimeUnixNano", "time"],
  12: ["eventName", "text"],
};
const histogramPoint: Message = {
  4: ["count", "long"],
  6: ["bucketCounts", "longs"],
  7: ["explicitBounds", "doubles"],
  9: ["attributes", "many", () => keyValue],
};
const histogram: Message = { 1: ["dataPoints", "many", () => histogramPoint], 2: ["aggregationTemporality", "uint"] };
const metric: Message = { 1: ["name", "text"], 3: ["unit", "text"], 9: ["histogram", "one", () => histogram] };

function exported(resources: string, scopes: string, items: string, item: Message): Message {
  const inScope: Message = { 1: ["scope", "one", () => scope], 2: [items, "many", () => item] };
  const ofResource: Message = { 1: ["resource", "one", () => attributed], 2: [scopes, "many", () => inScope] };
  return { 1: [resources, "many", () => ofResource] };
}

export type OtlpSignal = "traces" | "logs" | "metrics";

const requests: Readonly<Record<OtlpSignal, Message>> = {
  traces: exported("resourceSpans", "scopeSpans", "spans", span),
  logs: exported("resourceLogs", "scopeLogs", "logRecords", logRecord),
  metrics: exported("resourceMetrics", "scopeMetrics", "metrics", metric),
};

/** Deeper than that nobody nests values who means well. */
const maxDepth = 40;

/** The request in the bytes, in the form that it has as JSON. Throws a RangeError for bytes that are none. */
export function readOtlpProtobuf(signal: OtlpSignal, bytes: Uint8Array): unknown {
  return read(new ProtobufReader(bytes), requests[signal], 0);
}

function read(fields: ProtobufReader, message: Message, depth: number): Record<string, unknown> {
  if (depth > maxDepth) throw new RangeError("the message is nested too deeply");
  const made: Record<string, unknown> = {};
  while (fields.next()) {
    const field = message[fields.field];
    if (field === undefined) fields.skip();
    else readField(fields, field, made, depth);
  }
  return made;
}

function readField(fields: ProtobufReader, field: Field, made: Record<string, unknown>, depth: number): void {
  const [name, kind] = field;
  switch (kind) {
    case "one":
      made[name] = read(fields.message(), field[2](), depth + 1);
      return;
    case "many":
      listOf(made, name).push(read(fields.message(), field[2](), depth + 1));
      return;
    case "longs":
      if (!fields.isBytes) listOf(made, name).push(String(fields.fixed64()));
      else listOf(made, name).push(...eights(fields.bytes()).map((eight) => String(eight.readBigUInt64LE())));
      return;
    case "doubles":
      if (!fields.isBytes) listOf(made, name).push(fields.double());
      else listOf(made, name).push(...eights(fields.bytes()).map((eight) => eight.readDoubleLE()));
      return;
    default:
      made[name] = plain(fields, kind);
  }
}

function plain(fields: ProtobufReader, kind: Exclude<Field[1], "one" | "many" | "longs" | "doubles">): unknown {
  switch (kind) {
    case "text":
      return fields.text();
    case "hex":
      return fields.hex();
    case "base64":
      return fields.bytes().toString("base64");
    case "bool":
      return fields.bool();
    case "int":
      return fields.int();
    case "double":
      return fields.double();
    case "uint":
      return fields.uint();
    case "time":
    case "long":
      return String(fields.fixed64());
  }
}

function listOf(made: Record<string, unknown>, name: string): unknown[] {
  const known = made[name];
  if (Array.isArray(known)) return known as unknown[];
  const list: unknown[] = [];
  made[name] = list;
  return list;
}

function eights(bytes: Buffer): Buffer[] {
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, i) => bytes.subarray(i * 8, i * 8 + 8));
}
