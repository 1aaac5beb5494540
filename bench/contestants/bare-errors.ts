import { contestant, type Contestant } from "./contestant.ts";
import { createOrdersService } from "./orders-service.ts";

/** The service without telemetry where every request fails: what the contestants with errors are compared with. */
const bareErrors: Contestant = contestant({
  name: "bare, all errors",
  workload: "errors",
  packages: [],
  setup: async () => ({ server: createOrdersService() }),
});

export default bareErrors;
