// One of a chain of services, in a process of its own: each request asks the next one, if there is one, as a child of its own span. Options come as
// JSON in the first argument, deeds over the process channel.
import { get } from "node:http";
import { createTelemetry } from "@gossamer/core";
import { telemetry } from "@gossamer/express";
import { createLogger } from "@gossamer/pino";
import { context, metrics, propagation, SpanKind, trace } from "@opentelemetry/api";
import express from "express";

const { options } = JSON.parse(process.argv[2] ?? "{}");
const engine = createTelemetry({ sampleRatio: 1, ...options });
const logger = createLogger(engine, { otlp: true, level: "info", destination: "/dev/null" });
const orders = metrics.getMeter("chain").createCounter("chain.orders", { unit: "{order}" });
const next = process.env.CHAIN_NEXT;

/** What the last service does is what the path says; those before it answer 200 all the same. */
const last = {
  ok: (response) => response.send("hello"),
  fail: (response) => response.status(500).send("failed"),
  slow: (response, ms) => setTimeout(() => response.send("hello"), ms),
};

const app = express();
app.use(telemetry(engine));
for (const [kind, answer] of Object.entries(last)) {
  app.get(`/${kind}`, async (request, response) => {
    orders.add(1, { kind });
    logger.info({ kind }, "order");
    if (next === undefined) return answer(response, Number(request.query.ms));
    await ask(next + request.originalUrl);
    response.send("hello");
  });
}

async function ask(url) {
  const span = engine.tracer.startSpan(`ask ${new URL(url).pathname}`, { kind: SpanKind.CLIENT });
  const headers = {};
  propagation.inject(trace.setSpan(context.active(), span), headers);
  await new Promise((resolve, reject) => {
    get(url, { headers }, (response) => response.resume().on("end", resolve)).on("error", reject);
  });
  span.end();
}

const deeds = {
  status: () => engine.status(),
  flush: ({ deadlineMs }) => engine.flush(deadlineMs),
};

process.on("message", async ({ id, deed, ...parts }) => {
  const answer = await deeds[deed](parts);
  if (process.connected) process.send({ id, answer });
});

const server = app.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
