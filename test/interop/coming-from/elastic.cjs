"use strict";
const apm = require("elastic-apm-node").start({
  centralConfig: false,
  cloudProvider: "none",
  metricsInterval: "0s",
  logLevel: "off",
});
const { ecsFormat } = require("@elastic/ecs-pino-format");
const express = require("express");
const pino = require("pino");
const visit = require("./visit.cjs");

const lines = [];
const logger = pino(ecsFormat(), { write: (line) => void lines.push(JSON.parse(line)) });
let ids;
const app = express();
app.get("/health", (_request, response) => void response.send("ok"));
app.get("/orders/:id", (_request, response) => {
  ids = apm.currentTraceIds;
  logger.info("loading");
  for (const name of ["load", "price", "stock"]) apm.startSpan(name)?.end();
  apm.captureError(new Error("no stock"));
  response.send("done");
});
visit(app, {
  count: 4,
  async finish() {
    apm.startTransaction("job", "job")?.end();
    // What a request left is sent in a turn of its own.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await apm.flush();
    return { lines, ids };
  },
});
