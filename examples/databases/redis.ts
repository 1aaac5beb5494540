// Commands of ioredis, on a real Redis, are spans of their request. Started from Debian's packages where REDIS_URL names none.
import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { telemetry } from "@gossamer/express";
import { createTestTelemetry } from "@gossamer/testing";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { IORedisInstrumentation } from "@opentelemetry/instrumentation-ioredis";
import express from "express";
import { startRedis } from "./servers.ts";

const test = createTestTelemetry();
registerInstrumentations({
  tracerProvider: test.telemetry.tracerProvider,
  instrumentations: [new IORedisInstrumentation()],
});
// After its instrumentation: that changes what `require` gives.
const { Redis } = createRequire(import.meta.url)("ioredis") as typeof import("ioredis");

const url = process.env["REDIS_URL"];
const own = url === undefined ? await startRedis() : undefined;
const redis = new Redis(url ?? `redis://127.0.0.1:${own?.port}`);
await redis.set("stock:3", "12");
test.clear();

const app = express();
app.use(telemetry(test.telemetry));
app.get("/stock/:id", async ({ params }, response) => {
  response.json({ left: Number(await redis.get(`stock:${params.id}`)) });
});
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

console.log(await (await fetch(`http://127.0.0.1:${port}/stock/3`)).text());
const root = test.span("GET /stock/:id");
console.log(test.spans.filter(({ parentSpanId }) => parentSpanId === root.spanId).map(({ name }) => name));

server.close();
server.closeAllConnections();
await redis.quit();
await own?.end();
await test.stop();

// Prints:
// {"left":12}
// [ 'get' ]
