import { contestant, type Contestant } from "./contestant.ts";
import { createFastifyOrdersService } from "./fastify-orders-service.ts";

/** The Fastify service without telemetry: what the other Fastify rows are compared with. */
const fastifyBare: Contestant = contestant({
  name: "Fastify, bare",
  framework: "fastify",
  packages: [],
  setup: async () => ({ server: await createFastifyOrdersService() }),
});

export default fastifyBare;
