import type * as core from "@gossamer/core";
import type * as pino from "@gossamer/pino";
import { afterEach, describe, expect, inject, it } from "vitest";
import { decorate } from "../contract/nest/decorate.ts";
import { expressPlatform } from "../contract/nest/express-platform.ts";
import { fastifyPlatform } from "../contract/nest/fastify-platform.ts";
import { installed } from "../setup/install-meanwhile.ts";
import { nest11 } from "./nest-11.ts";

const { require, common, core: nestCore, gossamer } = nest11((await installed(inject("nest11")))["both-platforms"]);
const { createLogger, loggerService } = require("@gossamer/pino") as typeof pino;
const { createTelemetry, resetTelemetry } = require("@gossamer/nestjs") as typeof core;

const platforms = [
  expressPlatform(require("@nestjs/platform-express") as Parameters<typeof expressPlatform>[0]),
  fastifyPlatform(require("@nestjs/platform-fastify") as Parameters<typeof fastifyPlatform>[0]),
];

type Line = Readonly<Record<string, unknown>>;

/** A service whose logger is ours, and what a request to it left on its lines. */
async function linesOf(
  platform: (typeof platforms)[number],
  before: (logger: { setBindings(b: object): void }) => void,
) {
  const lines: Line[] = [];
  const engine = createTelemetry({
    serviceName: "orders",
    sampleRatio: 1,
    exporter: "none",
    diagnostics: "none",
    shutdown: { signals: false },
  });
  const destination = { write: (text: string) => void lines.push(JSON.parse(text) as Line) };
  const logger = createLogger(engine, { destination, level: "trace" });
  before(logger);
  class Orders {
    readonly #logger = new common.Logger(Orders.name);
    find(): object {
      this.#logger.log("looking it up", { order: 7 });
      this.#logger.warn(new RangeError("odd"));
      this.#logger.error("not there", new RangeError("too far").stack);
      this.#logger.verbose("a detail");
      return { traceId: engine.traceId() };
    }
  }
  decorate(Orders, [common.Controller("orders") as ClassDecorator], { find: [common.Get(":id")] }, {});
  class App {}
  common.Module({ imports: [gossamer.TelemetryModule.forRoot(engine)], controllers: [Orders] })(App);
  const app = await nestCore.NestFactory.create(App, platform.adapter(), { bufferLogs: true });
  app.useLogger(loggerService(logger));
  try {
    await app.listen(0, "127.0.0.1");
    const response = await fetch(`${await app.getUrl()}/orders/7`);
    const { traceId } = (await response.json()) as { traceId: string };
    await expect.poll(() => lines.some(({ msg }) => msg === "GET /orders/:id 200")).toBe(true);
    return { lines, traceId };
  } finally {
    await app.close();
  }
}

describe.each(platforms)("Nest 11's logger on $name", (platform) => {
  afterEach(() => resetTelemetry());

  it("lines of Nest and of its Logger are pino's, with their context, level and the ids of the request (R-G5)", async () => {
    const { lines, traceId } = await linesOf(platform, () => {});
    const line = (message: string): Line | undefined => lines.find(({ msg }) => msg === message);
    expect(line("Nest application successfully started")).toMatchObject({ context: "NestApplication", level: 30 });
    const ofRequest = { context: "Orders", trace_id: traceId, span_id: expect.any(String) };
    expect(line("looking it up")).toMatchObject({ ...ofRequest, level: 30, params: [{ order: 7 }] });
    expect(line("odd")).toMatchObject({ ...ofRequest, level: 40, err: { type: "RangeError", message: "odd" } });
    expect(line("not there")).toMatchObject({
      ...ofRequest,
      level: 50,
      err: { stack: expect.stringContaining("at ") },
    });
    expect(line("a detail")).toMatchObject({ ...ofRequest, level: 10 });
    expect(line("GET /orders/:id 200")).toMatchObject({ trace_id: traceId, "service.name": "orders" });
  });

  it("bindings that are set on the logger are on Nest's lines, the service's and those of requests (C22)", async () => {
    const { lines } = await linesOf(platform, (logger) => logger.setBindings({ region: "eu" }));
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter(({ region }) => region !== "eu")).toEqual([]);
  });
});
