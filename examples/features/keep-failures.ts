// Nothing is sampled, and what fails is kept all the same.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { telemetry } from "@gossamer/express";
import { createTestTelemetry } from "@gossamer/testing";
import express from "express";

const test = createTestTelemetry({ sampleRatio: 0 });
const app = express();
app.use(telemetry(test.telemetry));
app.get("/fine", (_request, response) => void response.send("ok"));
app.get("/broken", (_request, response) => void response.status(503).send("later"));
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const ask = async (path: string, headers = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers });

for (const path of ["/fine", "/fine", "/broken"]) await (await ask(path)).text();
for (const { name, attributes } of test.spans) console.log(name, attributes["sampling.reason"]);

server.close();
server.closeAllConnections();
await test.stop();

// Prints:
// GET /broken error
