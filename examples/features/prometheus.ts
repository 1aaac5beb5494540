// The metrics as Prometheus text, on a path of the app.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { telemetry } from "@gossamer/express";
import { createTestTelemetry } from "@gossamer/testing";
import express from "express";

const test = createTestTelemetry();
const app = express();
app.use(telemetry(test.telemetry));
app.get("/metrics", telemetry.prometheus());
app.get("/orders", (_request, response) => void response.send("ok"));
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const ask = async (path: string, headers = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers });

await (await ask("/orders")).text();
const text = await (await ask("/metrics")).text();
console.log(text.split("\n").filter((line) => line.includes('http_route="/orders"') && line.includes("_count")).length);

server.close();
server.closeAllConnections();
await test.stop();

// Prints:
// 1
