import { AsyncLocalStorage } from "node:async_hooks";
import type { ServerResponse } from "node:http";
import { contestant, type Contestant } from "./contestant.ts";
import { createFastifyOrdersService } from "./fastify-orders-service.ts";
import { createOrdersService } from "./orders-service.ts";

export interface FloorVariant {
  readonly name: string;
  /** @default "express" */
  readonly framework?: "express" | "fastify";
}

/** The cheapest middleware or hook that can do the job at all: one context, one listener, two clock reads, one array increment. */
export function floor({ name, framework = "express" }: FloorVariant): Contestant {
  return contestant({
    name,
    framework,
    packages: [],
    async setup() {
      const storage = new AsyncLocalStorage<object>();
      const counts: number[] = Array.from({ length: 16 }, () => 0);
      const begin = (response: ServerResponse, next: () => void): void => {
        const start = performance.now();
        response.on("close", () => {
          counts[Math.min(15, performance.now() - start) | 0]!++;
        });
        storage.run({ start }, next);
      };
      return {
        server:
          framework === "fastify"
            ? await createFastifyOrdersService((app) => {
                app.addHook("onRequest", (_request, reply, done) => begin(reply.raw, done));
              })
            : createOrdersService((app) => {
                app.use((_request, response, next) => begin(response, next));
              }),
        counted: () => counts.reduce((sum, count) => sum + count, 0),
      };
    },
  });
}
