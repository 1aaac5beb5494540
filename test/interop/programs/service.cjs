// A service beside other OpenTelemetry, in the mode it is told, and what it saw of itself. It sends its requests through plain sockets, so that
// no client of its own is traced.
const http = require("node:http");
const { connect } = require("node:net");
const { text } = require("node:stream/consumers");
const { mode, sdk: sdkName, upstream, postgresPort, redisPort } = JSON.parse(process.argv[2]);

const { trace } = require("@opentelemetry/api");
const { registerInstrumentations } = require("@opentelemetry/instrumentation");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { UndiciInstrumentation } = require("@opentelemetry/instrumentation-undici");
const { PgInstrumentation } = require("@opentelemetry/instrumentation-pg");
const { IORedisInstrumentation } = require("@opentelemetry/instrumentation-ioredis");
const { InMemorySpanExporter, SimpleSpanProcessor } = require(sdkName);
const { createTelemetry } = require("@gossamer/core");
const gossamer = require("@gossamer/express");

const lines = [];
const theirs = new InMemorySpanExporter();

/** A NodeSDK as most services start it, its spans in memory. */
function startNodeSdk(httpOptions) {
  const { NodeSDK } = require("@opentelemetry/sdk-node");
  const processor = sdkName.endsWith("base")
    ? new SimpleSpanProcessor(theirs)
    : new SimpleSpanProcessor({ exporter: theirs });
  const sdk = new NodeSDK({
    spanProcessors: [processor],
    metricReaders: [],
    instrumentations: [
      new HttpInstrumentation(httpOptions),
      new UndiciInstrumentation(),
      new PgInstrumentation(),
      new IORedisInstrumentation(),
    ],
  });
  sdk.start();
}

function createEngine(register) {
  const engine = createTelemetry({
    serviceName: "interop",
    sampleRatio: 1,
    register,
    log: (line) => lines.push(line),
    diagnostics: "warn",
    shutdown: { signals: false },
    batch: { delayMs: 50 },
  });
  return engine;
}

function instrument(engine, httpOptions) {
  registerInstrumentations({
    tracerProvider: engine.tracerProvider,
    instrumentations: [
      new HttpInstrumentation(httpOptions),
      new UndiciInstrumentation(engine.instrumentationOptions().undici),
      new PgInstrumentation(),
      new IORedisInstrumentation(),
    ],
  });
}

function start() {
  switch (mode) {
    case "alone": {
      const engine = createEngine("auto");
      instrument(engine, engine.instrumentationOptions().http);
      return engine;
    }
    case "incoming": {
      const engine = createEngine("auto");
      instrument(engine, {});
      return engine;
    }
    case "before":
      startNodeSdk();
      return createEngine("auto");
    case "guest":
      startNodeSdk({ disableIncomingRequestInstrumentation: true });
      return createEngine("auto");
    case "always":
      startNodeSdk();
      return createEngine("always");
    case "beside":
      startNodeSdk();
      return createEngine("never");
    case "after": {
      const engine = createEngine("auto");
      startNodeSdk();
      return engine;
    }
  }
  throw new Error(`no mode ${mode}`);
}

const engine = start();
// What is instrumented is loaded after the instrumentations.
require("http");
const express = require("express");
const { Client } = require("pg");
const Redis = require("ioredis");

async function main() {
  const redis = new Redis({ host: "127.0.0.1", port: redisPort, lazyConnect: true });
  const database = new Client({ host: "127.0.0.1", port: postgresPort, user: "u", database: "d" });
  await redis.connect();
  await database.connect();

  const app = express();
  app.use(gossamer.telemetry(engine));
  app.get("/users/:id", async (request, response) => {
    engine.annotate({ "user.id": request.params.id });
    await call(`${upstream}/http/${request.params.id}`);
    await (await fetch(`${upstream}/fetch/${request.params.id}`)).text();
    await database.query("SELECT 7 AS n");
    await redis.get("key");
    response.json({ traceId: trace.getActiveSpan()?.spanContext().traceId, ours: engine.traceId() });
  });
  app.get("/fails/:id", (request) => {
    engine.annotate({ "user.id": request.params.id });
    throw new RangeError("too far");
  });
  // Express would write the error to standard error.
  app.use((_error, _request, response, _next) => response.status(500).end());
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.on("listening", resolve));
  const { port } = server.address();

  const unsampled = (digit) => `traceparent: 00-${digit.repeat(32)}-${digit.repeat(16)}-00\r\n`;
  const answers = [
    await ask(port, "/users/1", ""),
    await ask(port, "/users/2", unsampled("2")),
    await ask(port, "/fails/3", ""),
    await ask(port, "/fails/4", unsampled("4")),
  ];
  await engine.flush();
  // An export of ours is over; were it traced, its span would be here now.
  await new Promise((resolve) => setTimeout(resolve, 100));
  await engine.flush();
  const { resourceMetrics } = await engine.metricProducer().collect();
  const [durations, ...doubles] = resourceMetrics.scopeMetrics
    .flatMap(({ metrics }) => metrics)
    .filter(({ descriptor }) => descriptor.name === "http.server.request.duration");
  const report = {
    lines,
    answers,
    faults: engine.status().faults,
    counts: durations.dataPoints.map(({ attributes, value }) => [
      attributes["http.route"],
      attributes["http.response.status_class"] ?? attributes["http.response.status_group"],
      value.count,
    ]),
    doubles: doubles.length,
    theirs: theirs.getFinishedSpans().map((span) => ({
      name: span.name,
      kind: span.kind + 1,
      ...ids(span),
      attributes: span.attributes,
      scope: { name: span.instrumentationScope.name },
      events: span.events.map(({ attributes }) => ({ attributes })),
    })),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
}

function ids(span) {
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId, parentSpanId: span.parentSpanContext?.spanId ?? "" };
}

function call(url) {
  return new Promise((resolve, reject) => {
    http.get(url, (response) => text(response).then(resolve, reject)).on("error", reject);
  });
}

/** One request over a socket of its own. */
async function ask(port, path, headers) {
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET ${path} HTTP/1.1\r\nhost: interop\r\nconnection: close\r\n${headers}\r\n`);
  return (await text(socket)).split("\r\n")[0];
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
