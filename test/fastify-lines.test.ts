import { resetTelemetry } from "@gossamer/core";
import { createTelemetry, telemetry } from "@gossamer/fastify";
import { createLogger } from "@gossamer/pino";
import { type FastifyInstance, type FastifyRequest, fastify, LogController } from "fastify";
import { afterEach, expect, test } from "vitest";

type Line = Readonly<Record<string, unknown>>;

const apps: FastifyInstance[] = [];

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
  await resetTelemetry();
});

interface Logged {
  readonly app: FastifyInstance;
  readonly lines: Line[];
}

/** An app whose logger is ours, before anything is registered. */
function logged(options: { logController?: LogController } = {}): Logged {
  const lines: Line[] = [];
  const engine = createTelemetry({ serviceName: "shop", exporter: "none", sampleRatio: 1, diagnostics: "none" });
  const destination = { write: (text: string): unknown => lines.push(JSON.parse(text) as Line) };
  const app = fastify({ loggerInstance: createLogger(engine, { level: "info", destination }), ...options });
  apps.push(app as unknown as FastifyInstance);
  return { app: app as unknown as FastifyInstance, lines };
}

const idsOf = (lines: readonly Line[], message: string): unknown[] =>
  lines.filter(({ msg }) => msg === message).map(({ trace_id: id }) => id);

test("both of Fastify's own lines of a request carry its ids, each once, on every route and on none (E8, R-G5)", async () => {
  const { app, lines } = logged();
  await app.register(telemetry);
  app.get("/orders/:id", async () => ({ traceId: telemetry.traceId() }));
  await app.register(async (inner) => {
    inner.get("/inner", async () => ({ traceId: telemetry.traceId() }));
  });
  for (const url of ["/orders/7", "/inner"]) {
    lines.length = 0;
    const { traceId } = (await app.inject(url)).json<{ traceId: string }>();
    for (const message of ["incoming request", "request completed"]) expect(idsOf(lines, message)).toEqual([traceId]);
  }
  lines.length = 0;
  expect((await app.inject("/nowhere")).statusCode).toBe(404);
  expect(idsOf(lines, "incoming request")).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
});

test("a hook before ours that answers leaves the line as Fastify writes it: once, and without ids (E8)", async () => {
  const { app, lines } = logged();
  app.addHook("onRequest", async (_request, reply) => reply.code(401).send("no"));
  await app.register(telemetry);
  app.get("/", async () => "never");
  expect((await app.inject("/")).statusCode).toBe(401);
  expect(idsOf(lines, "incoming request")).toEqual([undefined]);
});

test("one controller of the service's own, given to two apps, writes each line once and as it wants (E8)", async () => {
  const seen: string[] = [];
  class Own extends LogController {
    override incomingRequest(request: FastifyRequest): void {
      seen.push(`${request.url} ${telemetry.traceId()}`);
    }
  }
  const logController = new Own();
  for (const url of ["/a", "/b"]) {
    const { app } = logged({ logController });
    await app.register(telemetry);
    app.get(url, async () => telemetry.traceId());
    const traceId = (await app.inject(url)).body;
    expect(seen.splice(0)).toEqual([`${url} ${traceId}`]);
  }
});

test("with Fastify's own lines turned off its controller stays as it is (E8)", async () => {
  const logController = new LogController({ disableRequestLogging: true });
  const { app, lines } = logged({ logController });
  await app.register(telemetry);
  app.get("/", async () => "ok");
  await app.inject("/");
  expect(Object.hasOwn(logController, "incomingRequest")).toBe(false);
  expect(idsOf(lines, "incoming request")).toEqual([]);
});
