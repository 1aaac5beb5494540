import { contestant, type Contestant } from "./contestant.ts";
import { createNestOrdersService } from "./nest-orders-service.ts";

/** The Nest service on Fastify without telemetry: what our row beside it is compared with. */
const nestFastifyBare: Contestant = contestant({
  name: "Nest on Fastify, bare",
  framework: "fastify",
  packages: [],
  setup: async () => ({ server: await createNestOrdersService("fastify") }),
});

export default nestFastifyBare;
