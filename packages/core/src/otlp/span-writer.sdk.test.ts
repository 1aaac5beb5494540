import { readTraceRequest, type SchemaTraceRequest } from "@gossamer/testing";
import {
  type Attributes,
  type Span,
  type SpanOptions,
  type Tracer,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { expect, test } from "vitest";
import { testTracing } from "../testing/test-tracing.ts";
import { requestOf } from "../testing/span-data.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import { writeSpan } from "./span-writer.ts";

const start = 1_700_000_000_000;
const link = {
  context: { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: TraceFlags.SAMPLED },
  attributes: { why: "fan-in" },
};

const attributes: Attributes = {
  empty: "",
  text: "Größe 🦊",
  long: "x".repeat(10_240),
  int: 200,
  negative: -7,
  large: 2 ** 40,
  fraction: 0.25,
  infinite: Number.POSITIVE_INFINITY,
  yes: true,
  no: false,
  texts: ["a", "", "ß"],
  holes: ["a", null, "b"],
  numbers: [1, 2, 3],
  fractions: [0.5, -1.25],
  flags: [true, false],
  none: [],
};

/** The same calls for both. */
function record(tracer: Tracer, options: SpanOptions, then: (span: Span) => void): void {
  const span = tracer.startSpan("GET /orders/:id", { startTime: start, ...options }, ROOT_CONTEXT);
  then(span);
  span.end(start + 12.5);
}

async function theirs(options: SpanOptions, then: (span: Span) => void): Promise<SchemaTraceRequest> {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  record(provider.getTracer("shop", "1.2.3", { schemaUrl: "https://example.test/s" }), options, then);
  await provider.forceFlush();
  return readTraceRequest(ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans())!);
}

function ours(options: SpanOptions, then: (span: Span) => void): SchemaTraceRequest {
  const { provider, tracing, written } = testTracing({ limits: { valueLength: 20_000 } });
  record(provider.getTracer("shop", "1.2.3", { schemaUrl: "https://example.test/s" }), options, then);
  const writer = new ProtobufWriter();
  const span = written[0]!;
  writeSpan(writer, span, tracing.clock);
  const bytes = writer.bytes();
  return readTraceRequest(
    requestOf([{ bytes, ends: Uint32Array.of(bytes.length), segments: [{ scope: span.scope, first: 0 }] }]),
  );
}

/** Ids are drawn, and the resource is another matter: both are taken out. */
function comparable(request: SchemaTraceRequest): unknown {
  return request.resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.map(({ scope, schemaUrl, spans }) => ({
      scope,
      schemaUrl,
      spans: spans.map((span) => ({
        ...span,
        traceId: span.traceId.length,
        spanId: span.spanId.length,
        parentSpanId: hex(span.parentSpanId),
        links: span.links.map((one) => ({ ...one, traceId: hex(one.traceId), spanId: hex(one.spanId) })),
        // We say that our ids are random (W3C level 2), the SDK does not yet.
        flags: span.flags & ~2,
        // A status that is not there and one of all defaults are the same message.
        status: span.status ?? { code: 0, message: "" },
      })),
    })),
  );
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** One object for both, so that both tell the same stack. */
const error = new RangeError("too far");

const cases: readonly [string, SpanOptions, (span: Span) => void][] = [
  ["with nothing but a name", {}, () => {}],
  ["with attributes of every type", { kind: SpanKind.SERVER, attributes }, (span) => span.setAttribute("later", 1)],
  ["with a value set twice", { attributes: { a: 1, b: 2 } }, (span) => span.setAttributes({ a: "x", c: true })],
  [
    "with events",
    { kind: SpanKind.CLIENT },
    (span) => {
      span.addEvent("plain", start + 1);
      span.addEvent("full", { "cache.key": "k" }, start + 2.5);
    },
  ],
  ["with links", { kind: SpanKind.CONSUMER, links: [link] }, (span) => span.addLink({ context: link.context })],
  [
    "that failed",
    { kind: SpanKind.PRODUCER },
    (span) => {
      span.recordException(error, start + 3);
      span.setStatus({ code: SpanStatusCode.ERROR, message: "too far" });
    },
  ],
  [
    "that was called well after it failed",
    {},
    (span) => {
      span.setStatus({ code: SpanStatusCode.ERROR, message: "no" });
      span.setStatus({ code: SpanStatusCode.OK });
      span.setStatus({ code: SpanStatusCode.ERROR, message: "again" });
    },
  ],
  ["with a new name", {}, (span) => span.updateName("renamed")],
];

test.for(cases)(
  "a span %s decodes equal to that of the OpenTelemetry SDK for the same calls (R-P12)",
  async ([, options, then]) => {
    expect(comparable(ours(options, then))).toEqual(comparable(await theirs(options, then)));
  },
);
