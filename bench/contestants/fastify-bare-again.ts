import { contestant, type Contestant } from "./contestant.ts";
import { createFastifyOrdersService } from "./fastify-orders-service.ts";

/** The control of the Fastify rows: the same as bare. */
const fastifyBareAgain: Contestant = contestant({
  name: "Fastify, bare again (A/A)",
  framework: "fastify",
  packages: [],
  setup: async () => ({ server: await createFastifyOrdersService() }),
});

export default fastifyBareAgain;
