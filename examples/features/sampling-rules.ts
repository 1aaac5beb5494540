// Rules by method and route: the first that matches decides.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { telemetry } from "@gossamer/express";
import { createTestTelemetry } from "@gossamer/testing";
import express from "express";

const test = createTestTelemetry({
  rules: [
    { match: "GET /health", ratio: 0 },
    { match: "POST /pay", ratio: 1 },
    { match: "/catalogue/*", ratio: 0 },
  ],
});
const app = express();
app.use(telemetry(test.telemetry));
app.get("/health", (_request, response) => void response.send("ok"));
app.get("/catalogue/:id", (_request, response) => void response.send("ok"));
app.get("/other", (_request, response) => void response.send("ok"));
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const ask = async (path: string, headers = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers });

for (const path of ["/health", "/catalogue/7", "/other"]) await (await ask(path)).text();
console.log(test.spans.map(({ name }) => name));
console.log("counted:", (await test.points("http.server.request.duration")).length, "routes");

server.close();
server.closeAllConnections();
await test.stop();

// Prints:
// [ 'GET /other' ]
// counted: 3 routes
