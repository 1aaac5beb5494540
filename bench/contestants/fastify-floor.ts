import { AsyncLocalStorage } from "node:async_hooks";
import { contestant, type Contestant } from "./contestant.ts";
import { createFastifyOrdersService } from "./fastify-orders-service.ts";

const storage = new AsyncLocalStorage<object>();
const counts: number[] = Array.from({ length: 16 }, () => 0);

/** The cheapest hook that can do the job at all: one context, one listener, two clock reads, one array increment. */
const fastifyFloor: Contestant = contestant({
  name: "Fastify, floor",
  framework: "fastify",
  packages: [],
  setup: async () => ({
    server: await createFastifyOrdersService((app) => {
      app.addHook("onRequest", (_request, reply, done) => {
        const start = performance.now();
        reply.raw.on("close", () => {
          counts[Math.min(15, performance.now() - start) | 0]!++;
        });
        storage.run({ start }, done);
      });
    }),
    counted: () => counts.reduce((sum, count) => sum + count, 0),
  }),
});

export default fastifyFloor;
