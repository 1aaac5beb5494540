// Processors and exporters of the SDK on our provider, and what each of them got.
const { context, propagation } = require("@opentelemetry/api");
const { sdk: sdkName, zipkin } = JSON.parse(process.argv[2]);
const { BatchSpanProcessor, ConsoleSpanExporter, InMemorySpanExporter } = require(sdkName);
const { OTLPTraceExporter } = require("@opentelemetry/exporter-trace-otlp-grpc");
const { ZipkinExporter } = require("@opentelemetry/exporter-zipkin");
const grpc = require("@grpc/grpc-js");
const { createTelemetry, nodeReader } = require("@gossamer/core/adapter");

const raw = { requestSerialize: (body) => body, requestDeserialize: (body) => body };
const service = {
  Export: {
    path: "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    requestStream: false,
    responseStream: false,
    ...raw,
    responseSerialize: (body) => body,
    responseDeserialize: (body) => body,
  },
};

async function main() {
  const grpcBodies = [];
  const server = new grpc.Server();
  server.addService(service, {
    Export(call, answer) {
      grpcBodies.push(call.request.toString("base64"));
      answer(null, Buffer.alloc(0));
    },
  });
  const port = await new Promise((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const shown = [];
  console.dir = (span) => shown.push(span);

  const batched = new InMemorySpanExporter();
  const plain = new InMemorySpanExporter();
  const batch = sdkName.endsWith("base")
    ? new BatchSpanProcessor(batched, { scheduledDelayMillis: 600_000 })
    : new BatchSpanProcessor({ exporter: batched, scheduledDelayMillis: 600_000 });
  const lines = [];
  const engine = createTelemetry({
    serviceName: "interop",
    sampleRatio: 0,
    exporter: "none",
    diagnostics: "warn",
    log: (line) => lines.push(line),
    shutdown: { signals: false },
    spanProcessors: [batch],
    spanExporters: [
      plain,
      new OTLPTraceExporter({ url: `http://127.0.0.1:${port}` }),
      new ZipkinExporter({ url: zipkin }),
      new ConsoleSpanExporter(),
    ],
  });

  const reader = { ...nodeReader, route: () => engine.routes.get("/orders/:id") };
  const request = { method: "GET", url: "/orders/7", rawHeaders: [], socket: {}, httpVersion: "1.1" };
  const exchange = engine.begin(request, reader);
  exchange.run(() => {
    engine.annotate({ "user.id": "u-7", "cart.sizes": [1, 2] });
    const carrier = {};
    propagation.inject(context.active(), carrier);
    request.flags = carrier.traceparent.slice(-2);
  });
  exchange.failed(new RangeError("too far"));
  exchange.end({ statusCode: 500, completed: true });
  const flushed = await engine.flush(10_000);

  const report = {
    lines,
    flushed,
    flags: request.flags,
    traceId: plain.getFinishedSpans()[0]?.spanContext().traceId,
    batched: batched.getFinishedSpans().map(readable),
    plain: plain.getFinishedSpans().map(readable),
    shown,
    grpcBodies,
  };
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
}

/** Every field that `ReadableSpan` of this line has, by name. */
function readable(span) {
  const { name, kind, startTime, endTime, status, attributes, links, events, duration, ended } = span;
  const { droppedAttributesCount, droppedEventsCount, droppedLinksCount, instrumentationScope } = span;
  return {
    name,
    kind,
    startTime,
    endTime,
    status,
    attributes,
    links,
    events,
    duration,
    ended,
    droppedAttributesCount,
    droppedEventsCount,
    droppedLinksCount,
    instrumentationScope,
    spanContext: span.spanContext(),
    resource: span.resource.attributes,
    hasParent: span.parentSpanContext !== undefined,
  };
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
