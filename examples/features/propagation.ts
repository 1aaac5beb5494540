// A caller's trace goes on: its id is ours.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { telemetry } from "@gossamer/express";
import { createTestTelemetry } from "@gossamer/testing";
import express from "express";

const test = createTestTelemetry();
const app = express();
app.use(telemetry(test.telemetry));
app.get("/", (_request, response) => void response.send(telemetry.traceId()));
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const ask = async (path: string, headers = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers });

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
console.log(await (await ask("/", { traceparent })).text());
console.log(test.span("GET /").parentSpanId);

server.close();
server.closeAllConnections();
await test.stop();

// Prints:
// 0af7651916cd43dd8448eb211c80319c
// b7ad6b7169203331
