// A small service in a process of its own: its options come as JSON in the first argument, what it is to do over the process channel.
import express from "express";
import { createTelemetry } from "@gossamer/core";
import { telemetry } from "@gossamer/express";
import { createLogger } from "@gossamer/pino";
import { brokenExporters } from "./broken-exporters.mjs";

const { options, exporter, logs } = JSON.parse(process.argv[2] ?? "{}");
const engine = createTelemetry({
  serviceName: "faults",
  sampleRatio: 1,
  ...options,
  ...(exporter === undefined ? undefined : { exporter: makeExporter(exporter) }),
});

function makeExporter(name) {
  return Array.isArray(name) ? name.map(makeExporter) : (brokenExporters[name]?.() ?? name);
}

const logger =
  logs === true ? createLogger(engine, { otlp: true, level: "info", destination: "/dev/null" }) : undefined;

const app = express();
app.use(telemetry(engine));
app.get("/hello", (_request, response) => response.send("hello"));
app.get("/later", (_request, response) => setTimeout(() => response.send("hello"), 20));
app.get("/fail", (_request, response) => response.status(500).send("failed"));
app.get("/large", (_request, response) => {
  engine.annotate({ "app.large": "x".repeat(10 * 1024 * 1024) });
  response.send("hello");
});

const deeds = {
  status: () => engine.status(),
  flush: async ({ deadlineMs }) => engine.flush(deadlineMs),
  shutdown: async ({ deadlineMs }) => engine.shutdown(deadlineMs),
  emergencyFlush: async ({ deadlineMs }) => engine.emergencyFlush(deadlineMs),
  memory: () => {
    globalThis.gc?.();
    return process.memoryUsage();
  },
  /** Spans of the service's own, all in one turn of the event loop. */
  spans: ({ count }) => {
    for (let i = 0; i < count; i++) engine.tracer.startSpan("work").end();
  },
  /** Lines of the service's own, all in one turn of the event loop. */
  log: ({ count, level = "info", size = 10 }) => {
    for (let i = 0; i < count; i++) logger[level]({ i, filler: "x".repeat(size) }, level);
  },
  /** One each ms, with a number that goes up. */
  logOn: () => {
    let i = 0;
    setInterval(() => logger.info({ i: i++ }, "on"), 1);
  },
  block: ({ forMs }) => {
    const untilMs = performance.now() + forMs;
    while (performance.now() < untilMs);
  },
  stepClock: ({ byMs }) => {
    const now = Date.now;
    Date.now = () => now() + byMs;
  },
  close: () => {
    server.close();
    server.closeIdleConnections();
    process.disconnect();
  },
  exit: ({ code }) => process.exit(code),
  throw: () => {
    setImmediate(() => {
      throw new Error("the service's own error");
    });
  },
};

process.on("message", async ({ id, deed, ...parts }) => {
  const answer = await deeds[deed](parts);
  if (process.connected) process.send({ id, answer });
});

const server = app.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
