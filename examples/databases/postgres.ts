// Queries of pg, on a real PostgreSQL, are spans of their request. Started from Debian's packages where DATABASE_URL names none.
import { once } from "node:events";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { telemetry } from "@gossamer/express";
import { createTestTelemetry } from "@gossamer/testing";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { PgInstrumentation } from "@opentelemetry/instrumentation-pg";
import express from "express";
import { startPostgres } from "./servers.ts";

const test = createTestTelemetry();
registerInstrumentations({
  tracerProvider: test.telemetry.tracerProvider,
  instrumentations: [new PgInstrumentation()],
});
// After its instrumentation: that changes what `require` gives.
const { Pool } = createRequire(import.meta.url)("pg") as typeof import("pg");

const url = process.env["DATABASE_URL"];
const own = url === undefined ? await startPostgres() : undefined;
const pool = new Pool({ connectionString: url ?? `postgres://u@127.0.0.1:${own?.port}/d` });
// An idle connection that its server ends is no reason to end the service: the next query opens another.
pool.on("error", () => {});
await pool.query("CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY, total int)");
await pool.query("INSERT INTO orders VALUES (7, 1200) ON CONFLICT DO NOTHING");
test.clear();

const app = express();
app.use(telemetry(test.telemetry));
app.get("/orders/:id", async ({ params }, response) => {
  const { rows } = await pool.query("SELECT total FROM orders WHERE id = $1", [params.id]);
  response.json(rows[0]);
});
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

console.log(await (await fetch(`http://127.0.0.1:${port}/orders/7`)).text());
const root = test.span("GET /orders/:id");
const query = test.spans.find(({ name, parentSpanId }) => name.startsWith("pg.query") && parentSpanId === root.spanId);
console.log(query?.attributes["db.statement"] ?? query?.attributes["db.query.text"]);

server.close();
server.closeAllConnections();
await pool.end();
await own?.end();
await test.stop();

// Prints:
// {"total":1200}
// SELECT total FROM orders WHERE id = $1
