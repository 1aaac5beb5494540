// Lines of pino carry the ids of the active span, and a request has a line.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { telemetry } from "@gossamer/express";
import { createTestTelemetry } from "@gossamer/testing";
import { createLogger } from "@gossamer/pino";
import express from "express";

const test = createTestTelemetry();
const lines: Record<string, unknown>[] = [];
const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) };
const logger = createLogger(test.telemetry, { destination, level: "info" });
const app = express();
app.use(telemetry(test.telemetry));
app.get("/orders/:id", (_request, response) => {
  logger.info("looking it up");
  response.send("ok");
});
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const ask = async (path: string, headers = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers });

await (await ask("/orders/7")).text();
const { traceId } = test.span("GET /orders/:id");
for (const { msg, trace_id: id } of lines) console.log(msg, id === traceId);

server.close();
server.closeAllConnections();
await test.stop();

// Prints:
// looking it up true
// GET /orders/:id 200 true
