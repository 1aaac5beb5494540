import { ProtobufReader } from "@gossamer/core/adapter";
import type { Work } from "./in-slices.ts";
import { maxMessages } from "./otlp-json.ts";
import { maxBuckets } from "./otlp-values.ts";
import { RefusedRequest } from "./refused-request.ts";

type Plain = "text" | "hex" | "base64" | "uint" | "int" | "sint" | "bool" | "double" | "time" | "long";

/** As it is, or a list of them, packed or not. */
type PlainKind = Plain | "longs" | "doubles" | "counts";

/** What a field of a message becomes, in the form that OTLP's JSON has. A `time` and a `long` are decimal text, as there. */
type Field =
  | readonly [name: string, kind: PlainKind]
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
  2: ["startTimeUnixNano", "time"],
  3: ["timeUnixNano", "time"],
  4: ["count", "long"],
  6: ["bucketCounts", "longs"],
  7: ["explicitBounds", "doubles"],
  9: ["attributes", "many", () => keyValue],
};
const histogram: Message = { 1: ["dataPoints", "many", () => histogramPoint], 2: ["aggregationTemporality", "uint"] };
const buckets: Message = { 1: ["offset", "sint"], 2: ["bucketCounts", "counts"] };
const exponentialPoint: Message = {
  1: ["attributes", "many", () => keyValue],
  2: ["startTimeUnixNano", "time"],
  3: ["timeUnixNano", "time"],
  4: ["count", "long"],
  6: ["scale", "sint"],
  7: ["zeroCount", "long"],
  8: ["positive", "one", () => buckets],
  9: ["negative", "one", () => buckets],
};
const exponentialHistogram: Message = {
  1: ["dataPoints", "many", () => exponentialPoint],
  2: ["aggregationTemporality", "uint"],
};
/** Of the other forms it is enough to know how much of them there is. */
const points: Message = { 1: ["dataPoints", "many", () => ({})] };
const metric: Message = {
  1: ["name", "text"],
  3: ["unit", "text"],
  5: ["gauge", "one", () => points],
  7: ["sum", "one", () => points],
  9: ["histogram", "one", () => histogram],
  10: ["exponentialHistogram", "one", () => exponentialHistogram],
  11: ["summary", "one", () => points],
};

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

/** A message that is not at its end yet. */
interface Open {
  readonly fields: ProtobufReader;
  readonly message: Message;
  readonly made: Record<string, unknown>;
}

/** Messages that are read without a pause: as many take less than a tenth of a millisecond. */
const messagesAtOnce = 100;

/**
 * The request in the bytes, in the form that it has as JSON.
 *
 * @throws RangeError for bytes that are none
 */
export function* readOtlpProtobuf(signal: OtlpSignal, bytes: Uint8Array): Work<unknown> {
  const request: Open = { fields: new ProtobufReader(bytes), message: requests[signal], made: {} };
  const open = [request];
  let messages = 1;
  for (let at: Open | undefined = request; at !== undefined; at = open.at(-1)) {
    const inner = nextMessage(at);
    if (inner === undefined) {
      open.pop();
      continue;
    }
    if (open.length > maxDepth) throw new RangeError("the message is nested too deeply");
    if (++messages > maxMessages)
      throw new RefusedRequest(
        413,
        "too-large",
        `A body must have at most ${maxMessages} messages: send less at once.`,
      );
    open.push(inner);
    if (messages % messagesAtOnce === 0) yield;
  }
  return request.made;
}

/** Reads fields until one is a message, or there are no more. */
function nextMessage({ fields, message, made }: Open): Open | undefined {
  while (fields.next()) {
    if (fields.field === 0) throw new RangeError("a field has the number 0");
    const field = message[fields.field];
    if (field === undefined) {
      fields.skip();
      continue;
    }
    const [name, kind] = field;
    if (kind !== "one" && kind !== "many") {
      readPlain(fields, name, kind, made);
      continue;
    }
    checkForm(fields.isBytes, name);
    const inner: Open = { fields: fields.message(), message: field[2](), made: {} };
    if (kind === "one") made[name] = inner.made;
    else listOf(made, name).push(inner.made);
    return inner;
  }
  return undefined;
}

function readPlain(fields: ProtobufReader, name: string, kind: PlainKind, made: Record<string, unknown>): void {
  switch (kind) {
    case "longs":
      return addAll(made, name, fields.isBytes ? eights(fields.bytes(), name, asLong) : [plain(fields, "long", name)]);
    case "doubles":
      return addAll(
        made,
        name,
        fields.isBytes ? eights(fields.bytes(), name, asDouble) : [plain(fields, "double", name)],
      );
    case "counts":
      return addAll(made, name, fields.isBytes ? varints(fields.bytes()) : [plain(fields, "uint", name)]);
    default:
      made[name] = plain(fields, kind, name);
  }
}

/** One more than is taken shows that there are too many: no more of them are read. */
function addAll(made: Record<string, unknown>, name: string, values: Iterable<unknown>): void {
  const list = listOf(made, name);
  for (const value of values) {
    if (list.length > maxBuckets) return;
    list.push(value);
  }
}

function plain(fields: ProtobufReader, kind: Plain, name: string): unknown {
  switch (kind) {
    case "text":
      checkForm(fields.isBytes, name);
      return fields.text();
    case "hex":
      checkForm(fields.isBytes, name);
      return fields.hex();
    case "base64":
      checkForm(fields.isBytes, name);
      return fields.bytes().toString("base64");
    case "bool":
      checkForm(fields.isNumber, name);
      return fields.bool();
    case "int":
      checkForm(fields.isNumber, name);
      return fields.int();
    case "sint": {
      checkForm(fields.isNumber, name);
      const value = fields.uint();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
    case "double":
      checkForm(fields.isDouble, name);
      return fields.double();
    case "uint":
      checkForm(!fields.isBytes && !fields.isDouble, name);
      return fields.uint();
    case "time":
    case "long":
      checkForm(fields.isDouble, name);
      return String(fields.fixed64());
  }
}

function checkForm(isRight: boolean, name: string): void {
  if (!isRight) throw new RangeError(`the field ${name} is no such field on the wire`);
}

function listOf(made: Record<string, unknown>, name: string): unknown[] {
  const known = made[name];
  if (Array.isArray(known)) return known as unknown[];
  const list: unknown[] = [];
  made[name] = list;
  return list;
}

function* eights(bytes: Buffer, name: string, read: (bytes: Buffer, at: number) => unknown): Generator {
  checkForm(bytes.length % 8 === 0, name);
  for (let at = 0; at < bytes.length; at += 8) yield read(bytes, at);
}

function asLong(bytes: Buffer, at: number): string {
  return String(bytes.readBigUInt64LE(at));
}

function asDouble(bytes: Buffer, at: number): number {
  return bytes.readDoubleLE(at);
}

/** Numbers one behind the other, exact up to 2^53. */
function* varints(bytes: Buffer): Generator<number> {
  for (let at = 0; at < bytes.length;) {
    let value = 0;
    for (let weight = 1; ; weight *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || weight > 2 ** 63) throw new RangeError("a number ends in its middle");
      value += (byte & 127) * weight;
      if (byte < 128) break;
    }
    yield value;
  }
}
