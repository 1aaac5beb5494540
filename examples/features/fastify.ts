// A request of a Fastify app has one span; inject is a request too.
import { telemetry } from "@gossamer/fastify";
import { createTestTelemetry } from "@gossamer/testing";
import { fastify } from "fastify";

const test = createTestTelemetry();
const app = fastify();
await app.register(telemetry, test.telemetry);
app.get("/orders/:id", async () => ({ traced: telemetry.traceId() !== undefined }));

console.log((await app.inject("/orders/7")).json());
console.log(test.span("GET /orders/:id").attributes["http.response.status_code"]);
await app.close();
await test.stop();

// Prints:
// { traced: true }
// 200
