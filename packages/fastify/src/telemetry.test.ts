import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { createTelemetry, OptionError, resetTelemetry } from "@gossamer/core";
import { telemetry as expressTelemetry } from "../../express/src/telemetry.ts";
import { fastify, type FastifyServerOptions, LogController } from "fastify";
import { afterEach, expect, test } from "vitest";
import { telemetry } from "./telemetry.ts";

afterEach(() => resetTelemetry());

const quiet = { exporter: "none", diagnostics: "none", shutdown: { signals: false }, sampleRatio: 1 } as const;

test("telemetry is the plugin and says what it says: one import is enough (R-A7)", async () => {
  expect([telemetry.status().state, telemetry.span("before", () => 7)]).toEqual(["not-started", 7]);
  const app = fastify();
  await app.register(telemetry, { ...quiet, serviceName: "one-way-in" });
  app.get("/users/:id", async () => {
    telemetry.annotate({ "app.a": 1 });
    return telemetry.span(
      "compose",
      async () => `${telemetry.current()?.route?.template} ${telemetry.traceId()?.length}`,
    );
  });
  expect((await app.inject("/users/1")).body).toBe("/users/:id 32");
  expect(telemetry.status()).toMatchObject({ state: "running", spans: { started: 1 } });
  await app.close();
});

test("the plugin keeps its name, its version of Fastify and what makes it hold for the whole app (R-A2, R-A7)", async () => {
  const app = fastify();
  await app.register(telemetry, quiet);
  await app.ready();
  expect(app.hasPlugin("@gossamer/fastify")).toBe(true);
  expect(app.printPlugins()).toContain("@gossamer/fastify");
  await app.close();
});

test("telemetry.route says a route's options where the route is, and refuses wrong ones there (R-A7, R-C3)", async () => {
  const app = fastify();
  await app.register(telemetry, quiet);
  app.get("/internal", telemetry.route({ trace: false }), async () => "ok");
  expect((await app.inject("/internal")).body).toBe("ok");
  expect(telemetry.status().spans.started).toBe(0);
  expect(telemetry.status().sampling.decisions).toEqual({ "route-options:unsampled": 1 });
  expect(() => telemetry.route({ steam: true } as never)).toThrow(OptionError);
  await app.close();
});

test("telemetry.prometheus() is a handler of Fastify as it is of node:http (A16)", async () => {
  const app = fastify();
  await app.register(telemetry, quiet);
  app.get("/metrics", telemetry.prometheus());
  app.get("/closed", telemetry.prometheus({ allow: () => false }));
  app.post("/metrics", telemetry.prometheus());
  app.get("/users/:id", async () => "user");
  try {
    const address = await app.listen({ port: 0, host: "127.0.0.1" });
    await fetch(`${address}/users/1`);
    const answer = await fetch(`${address}/metrics`);
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(answer.headers.get("content-type")).toContain("version=0.0.4");
    expect(await answer.text()).toContain('http_route="/users/:id"');
    const head = await fetch(`${address}/metrics`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect((await fetch(`${address}/closed`)).status).toBe(403);
    expect((await fetch(`${address}/metrics`, { method: "POST" })).status).toBe(405);
    expect(telemetry.status().faults).toEqual({});
  } finally {
    await app.close();
  }
});

test("explain describes the current request by the route it matched (R-S4)", async () => {
  const app = fastify();
  await app.register(telemetry, { ...quiet, sampleRatio: 0.5, rules: [{ match: "/plain", ratio: 0.75 }] });
  app.get("/quiet/:id", telemetry.route({ ratio: 0.25 }), async (request) => telemetry.explain(request));
  app.get("/plain", async (request) => telemetry.explain(request));
  app.get("/called", async (request) => telemetry.explain(request.raw));
  expect((await app.inject("/quiet/7")).json()).toMatchObject({ decidedBy: "route", ratio: 0.25 });
  expect((await app.inject("/plain?page=2")).json()).toMatchObject({ decidedBy: "rule", ratio: 0.75 });
  const headers = { traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01` };
  expect((await app.inject({ url: "/called", headers })).json()).toMatchObject({ decidedBy: "parent" });
  await app.close();
});

test("an app that is given other options is one line that names what was called (R-I10)", async () => {
  const lines: string[] = [];
  const given = { ...quiet, diagnostics: "warn", log: (line: string) => lines.push(line) } as const;
  for (const sampleRatio of [0.25, 0.5]) {
    const app = fastify();
    await app.register(telemetry, { ...given, sampleRatio });
    await app.ready();
    await app.close();
  }
  expect(lines.filter((line) => line.includes("GSM_ENGINE_EXISTS"))).toEqual([
    expect.stringContaining("app.register(telemetry, …) was given other options"),
  ]);
});

test("called by hand, telemetry({ … }) is an OptionError at start that says what to write (R-C3)", () => {
  const call = telemetry as unknown as (options?: object) => void;
  expect(() => call({ sampleRatio: 1 })).toThrow(OptionError);
  expect(() => call()).toThrow("write app.register(telemetry, { … })");
});

test("given to Express, it passes every request on, and one line says what to write (R-I1, R-C3)", () => {
  const lines: string[] = [];
  createTelemetry({ ...quiet, diagnostics: "warn", log: (line) => lines.push(line) });
  const handle = telemetry as unknown as (request: object, response: object, next: () => void) => void;
  let passed = 0;
  for (let index = 0; index < 3; index++) handle(new IncomingMessage(new Socket()), {}, () => passed++);
  expect(passed).toBe(3);
  expect(lines).toEqual([expect.stringContaining('import it from "@gossamer/express" and write app.use(telemetry())')]);
});

test("the telemetry of Express fails the start of a Fastify app with an OptionError that says what to write (R-C3)", async () => {
  const app = fastify();
  const started = Promise.resolve(app.register(expressTelemetry as never, quiet as never));
  await expect(started).rejects.toThrow('import it from "@gossamer/fastify", and write app.register(telemetry, { … })');
  await expect(started).rejects.toBeInstanceOf(OptionError);
});

/** What an app says at its start whose logger is one that takes lines of requests. */
async function saidAtStart(
  options: FastifyServerOptions,
  engine: Parameters<typeof createTelemetry>[0] = {},
): Promise<string[]> {
  const said: string[] = [];
  const own = createTelemetry({ ...quiet, diagnostics: "warn", log: (line) => said.push(line), ...engine });
  own.logging.logRequests({ wantsPath: false, admits: () => true, write: () => {} });
  const app = fastify(options);
  await app.register(telemetry, own);
  await app.ready();
  await app.close();
  return said.filter((line) => line.includes("GSM_FASTIFY_LINES"));
}

const logger = { level: "info", stream: { write: () => {} } };

test("where Fastify logs requests too, one line at start says how to turn its own off (E8)", async () => {
  expect(await saidAtStart({ logger })).toEqual([expect.stringContaining("disableRequestLogging: true")]);
});

test.each<[string, FastifyServerOptions, object]>([
  ["Fastify's own are off", { logger, logController: new LogController({ disableRequestLogging: true }) }, {}],
  ["ours are off", { logger }, { requestLine: false }],
  ["the app has no logger", {}, {}],
  ["its lines are not written", { logger: { ...logger, level: "warn" } }, {}],
])("no line says so where %s (E8)", async (_, options, engine) => {
  expect(await saidAtStart(options, engine)).toEqual([]);
});

test("routes and plugins that were there before telemetry are observed all the same (R-D6)", async () => {
  const app = fastify();
  app.get("/early", async () => "early");
  app.register(async (child) => void child.get("/inside", async () => "inside"));
  await app.after();
  await app.register(telemetry, quiet);
  for (const path of ["/early", "/inside"]) expect((await app.inject(path)).statusCode).toBe(200);
  expect(telemetry.status().sampling.decisions).toEqual({ "ratio:sampled": 2 });
  await app.close();
});
