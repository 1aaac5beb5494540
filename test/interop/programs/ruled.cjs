// A NodeSDK whose sampler is Gossamer's, with instrumentation-http, and Gossamer as its guest on Express. Says which requests the SDK recorded.
const { connect } = require("node:net");
const { text } = require("node:stream/consumers");
const { untilClosed } = require("./until-closed.cjs");
const { sdk: sdkName } = JSON.parse(process.argv[2]);

const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { InMemorySpanExporter, SimpleSpanProcessor } = require(sdkName);
const { NodeSDK } = require("@opentelemetry/sdk-node");
const { parentBased, rules, toOtelSampler } = require("@gossamer/core/samplers");
const { createTelemetry } = require("@gossamer/core");
const gossamer = require("@gossamer/express");

const theirs = new InMemorySpanExporter();
const sampler = toOtelSampler(
  parentBased({
    root: rules([
      { name: "by path", path: "/users/*", ratio: 1 },
      { name: "by header", headers: { "x-debug": true }, ratio: 1 },
      { name: "by agent", headers: { "user-agent": "partner/*" }, ratio: 1 },
      { name: "by route", match: "GET /orders/:id", ratio: 1 },
      { name: "capped", path: "/search", ratio: 1, maxPerSecond: 1 },
    ]),
  }),
);
new NodeSDK({
  sampler,
  spanProcessors: [
    sdkName.endsWith("base") ? new SimpleSpanProcessor(theirs) : new SimpleSpanProcessor({ exporter: theirs }),
  ],
  metricReaders: [],
  instrumentations: [new HttpInstrumentation({ headersToSpanAttributes: { server: { requestHeaders: ["x-debug"] } } })],
}).start();
const engine = createTelemetry({
  serviceName: "ruled",
  diagnostics: "none",
  shutdown: { signals: false },
  rules: [{ match: "GET /users/:id", spanName: "user", attributes: { team: "people" }, metrics: false }],
});
require("http");
const express = require("express");

async function main() {
  const app = express();
  app.use(gossamer.telemetry(engine));
  app.get("/secret/:id", gossamer.telemetry.route({ trace: false }), (_request, response) => {
    engine.span("ours", () => {});
    response.end("secret");
  });
  app.get("/users/:id", (_request, response) => {
    engine.span("ours", () => response.end("user"));
  });
  app.get("/{*any}", (_request, response) => response.end("any"));
  const server = app.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.on("listening", resolve));
  const { port } = server.address();
  const asked = [
    ["/users/1", ""],
    ["/orders/1", ""],
    ["/orders/2", "x-debug: 1\r\n"],
    ["/orders/3", "user-agent: partner/7\r\n"],
    ["/secret/1", "user-agent: partner/7\r\n"],
    ...Array.from({ length: 30 }, () => ["/search", ""]),
  ];
  const closed = untilClosed(asked.length);
  for (const [path, headers] of asked) {
    const socket = connect(port, "127.0.0.1");
    socket.write(`GET ${path} HTTP/1.1\r\nhost: interop\r\nconnection: close\r\n${headers}\r\n`);
    await text(socket);
  }
  await closed;
  const spans = theirs.getFinishedSpans().map(({ name, attributes }) => ({
    name,
    path: attributes["url.path"] ?? attributes["http.target"],
    rule: attributes["sampling.rule"],
    team: attributes.team,
  }));
  process.stdout.write(`${JSON.stringify({ spans, faults: engine.status().faults })}\n`, () => process.exit(0));
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
