// A request of an Express app has one span, named by its route, and is counted.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { telemetry } from "@gossamer/express";
import { createTestTelemetry } from "@gossamer/testing";
import express from "express";

const test = createTestTelemetry(); // in a service: telemetry({ serviceName: "orders" })
const app = express();
app.use(telemetry(test.telemetry));
app.get("/orders/:id", (request, response) => {
  telemetry.annotate({ "order.id": request.params.id });
  response.json({ ok: true });
});
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const ask = async (path: string, headers = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers });

await (await ask("/orders/7")).json();
const span = test.span("GET /orders/:id");
console.log(span.name, span.attributes["order.id"]);
const [point] = await test.points("http.server.request.duration");
console.log("counted:", point?.count);

server.close();
server.closeAllConnections();
await test.stop();

// Prints:
// GET /orders/:id 7
// counted: 1
