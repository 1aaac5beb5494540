import { contestant, type Contestant } from "./contestant.ts";
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
