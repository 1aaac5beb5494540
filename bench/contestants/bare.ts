import { contestant, type Contestant } from "./contestant.ts";
import { createOrdersService } from "./orders-service.ts";

/** The service without telemetry: what all others are compared with. */
const bare: Contestant = contestant({
  name: "bare",
  packages: [],
  setup: async () => ({ server: createOrdersService() }),
});

export default bare;
