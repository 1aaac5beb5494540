import { contestant, type Contestant } from "./contestant.ts";
import { createNestOrdersService } from "./nest-orders-service.ts";

/** The Nest service on Express without telemetry: what our row beside it is compared with. */
const nestExpressBare: Contestant = contestant({
  name: "Nest on Express, bare",
  framework: "express",
  packages: [],
  setup: async () => ({ server: await createNestOrdersService("express") }),
});

export default nestExpressBare;
