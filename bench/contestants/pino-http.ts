import { contestant, type Contestant } from "./contestant.ts";
import { createFastifyOrdersService } from "./fastify-orders-service.ts";
import { createOrdersService } from "./orders-service.ts";
import { MeasuredLines } from "./work.ts";

/** pino-http 11 as it comes: no spans and no metrics, a log line a request. */
export function pinoHttp(name: string): Contestant {
  return contestant({
    name,
    packages: ["pino", "pino-http"],
    async setup() {
      const { pinoHttp: middleware } = await import("pino-http");
      const { pino } = await import("pino");
      const out = new MeasuredLines();
      const log = middleware({ logger: pino({}, out) });
      return { server: createOrdersService((app) => app.use(log)), counted: () => out.lines };
    },
  });
}

/** Fastify's own logger, which is pino, as it comes: no spans and no metrics, two lines a request. */
export function fastifyLines(name: string): Contestant {
  return contestant({
    name,
    framework: "fastify",
    packages: ["pino"],
    async setup() {
      const { pino } = await import("pino");
      const out = new MeasuredLines();
      return { server: await createFastifyOrdersService(undefined, pino({}, out)), counted: () => out.lines / 2 };
    },
  });
}
