"use strict";
const tracer = require("dd-trace").init();
const express = require("express");
const pino = require("pino");
const visit = require("./visit.cjs");

const lines = [];
const logger = pino({}, { write: (line) => void lines.push(JSON.parse(line)) });
const wrapped = tracer.wrap("wrapped", () => "wrapped");
let isActive = false;
const app = express();
app.get("/health", (_request, response) => void response.send("ok"));
app.get("/orders/:id", (request, response) => {
  isActive = tracer.scope().active() !== null;
  tracer.trace("load", (span) => {
    span.setTag("order.id", request.params.id);
    logger.info("loading");
    wrapped();
  });
  response.send("done");
});
visit(app, {
  count: 4,
  async finish() {
    tracer.dogstatsd.increment("orders");
    tracer.dogstatsd.flush();
    await new Promise((resolve) => tracer._tracer._exporter.flush(resolve));
    // A datagram is on its way.
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { lines, isActive };
  },
});
