// A service on our adapter beside another plugin or middleware that begins a span for each request, and what both made of its requests.
const { untilClosed } = require("./until-closed.cjs");
const { sdk: sdkName, framework, other, order, provider } = JSON.parse(process.argv[2]);
const { trace, SpanKind } = require("@opentelemetry/api");
const { InMemorySpanExporter, SimpleSpanProcessor } = require(sdkName);
const { createTelemetry } = require("@gossamer/core");

const lines = [];
const exporter = new InMemorySpanExporter();
const instrumentations = [];
if (other === "instrumentation-express") {
  const { ExpressInstrumentation } = require("@opentelemetry/instrumentation-express");
  instrumentations.push(new ExpressInstrumentation());
}
if (provider === "sdk-http") {
  const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
  instrumentations.push(new HttpInstrumentation());
}
if (provider !== "ours") {
  const { NodeSDK } = require("@opentelemetry/sdk-node");
  const processor = sdkName.endsWith("base")
    ? new SimpleSpanProcessor(exporter)
    : new SimpleSpanProcessor({ exporter });
  new NodeSDK({ spanProcessors: [processor], metricReaders: [], instrumentations }).start();
}
const engine = createTelemetry({
  serviceName: "beside",
  sampleRatio: 1,
  exporter: "none",
  spanExporters: provider === "ours" ? [exporter] : [],
  log: (line) => lines.push(line),
  diagnostics: "warn",
  shutdown: { signals: false },
});
if (provider === "ours" && instrumentations.length > 0) {
  const { registerInstrumentations } = require("@opentelemetry/instrumentation");
  registerInstrumentations({ tracerProvider: engine.tracerProvider, instrumentations });
}

/** What a handler sees of its request, and leaves on it. */
function handle(id) {
  engine.annotate({ "user.id": id });
  trace.getTracer("service").startSpan("work").end();
  return { route: engine.current()?.route?.template, traceId: engine.traceId() };
}

async function addOther(app) {
  if (other === "otel") {
    const { FastifyOtelInstrumentation } = require("@fastify/otel");
    await app.register(new FastifyOtelInstrumentation().plugin());
  } else if (other === "autotelic") await app.register(require("@autotelic/fastify-opentelemetry"));
  else if (other === "autotelic-hidden")
    await app.register(require("@autotelic/fastify-opentelemetry"), { exposeApi: false });
  else if (other === "by-hand") {
    app.decorateRequest("span", null);
    app.addHook("onRequest", async (request) => {
      request.span = trace.getTracer("hand").startSpan("by hand", { kind: SpanKind.SERVER });
    });
    app.addHook("onResponse", async (request) => request.span.end());
  }
}

async function startFastify() {
  const { telemetry } = require("@gossamer/fastify");
  const app = require("fastify")();
  if (order === "before") await addOther(app);
  await app.register(telemetry, engine);
  if (order === "after") await addOther(app);
  app.get("/users/:id", async (request) => handle(request.params.id));
  app.get("/fails/:id", async (request) => {
    handle(request.params.id);
    throw new RangeError("too far");
  });
  return app.listen({ port: 0, host: "127.0.0.1" });
}

async function startNest() {
  require("reflect-metadata");
  const { Controller, Get, Module, Param } = require("@nestjs/common");
  const { NestFactory } = require("@nestjs/core");
  const { FastifyAdapter } = require("@nestjs/platform-fastify");
  const { TelemetryModule } = require("@gossamer/nestjs");
  class Users {
    find(id) {
      return handle(id);
    }
    fail(id) {
      handle(id);
      throw new RangeError("too far");
    }
  }
  for (const [name, path] of [
    ["find", "/users/:id"],
    ["fail", "/fails/:id"],
  ]) {
    Param("id")(Users.prototype, name, 0);
    Get(path)(Users.prototype, name, Object.getOwnPropertyDescriptor(Users.prototype, name));
  }
  Controller()(Users);
  class App {}
  Module({ imports: [TelemetryModule.forRoot(engine)], controllers: [Users] })(App);
  const adapter = new FastifyAdapter();
  await addOther(adapter.getInstance());
  const app = await NestFactory.create(App, adapter, { logger: false });
  await app.listen(0, "127.0.0.1");
  return app.getUrl();
}

async function startExpress() {
  const express = require("express");
  const { telemetry } = require("@gossamer/express");
  const app = express();
  if (other === "by-hand") {
    app.use((request, response, next) => {
      request.span = trace.getTracer("hand").startSpan("by hand", { kind: SpanKind.SERVER });
      response.on("finish", () => request.span.end());
      next();
    });
  }
  app.use(telemetry(engine));
  app.get("/users/:id", (request, response) => response.json(handle(request.params.id)));
  app.get("/fails/:id", (request) => {
    handle(request.params.id);
    throw new RangeError("too far");
  });
  app.use((_error, _request, response, _next) => response.status(500).end());
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.on("listening", resolve));
  return `http://127.0.0.1:${server.address().port}`;
}

const starts = { fastify: startFastify, nest: startNest, express: startExpress };

async function main() {
  const closed = untilClosed(2);
  const url = await starts[framework]();
  const seen = await (await fetch(url + "/users/1")).json();
  const failed = await fetch(url + "/fails/2");
  await failed.text();
  await closed;
  await engine.flush();
  const spans = exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    kind: span.kind + 1,
    traceId: span.spanContext().traceId,
    spanId: span.spanContext().spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? "",
    attributes: span.attributes,
    scope: { name: span.instrumentationScope.name },
    events: span.events.map(({ attributes }) => ({ attributes })),
  }));
  const report = { lines, faults: engine.status().faults, status: failed.status, seen, spans };
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
