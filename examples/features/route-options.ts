// What one route says of its own requests.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { telemetry } from "@gossamer/express";
import { createTestTelemetry } from "@gossamer/testing";
import express from "express";

const test = createTestTelemetry();
const app = express();
app.use(telemetry(test.telemetry));
app.get("/internal", telemetry.route({ trace: false }), (_request, response) => void response.send("ok"));
app.get(
  "/export",
  telemetry.route({ name: "export", attributes: { kind: "csv" } }),
  (_request, response) => void response.send("ok"),
);
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const ask = async (path: string, headers = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers });

for (const path of ["/internal", "/export"]) await (await ask(path)).text();
for (const { name, attributes } of test.spans) console.log(name, attributes["kind"]);

server.close();
server.closeAllConnections();
await test.stop();

// Prints:
// GET export csv
