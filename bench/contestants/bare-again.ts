import { contestant, type Contestant } from "./contestant.ts";
import { createOrdersService } from "./orders-service.ts";

/** The control: the same as bare, so that what it seems to cost is the error of this bench. */
const bareAgain: Contestant = contestant({
  name: "bare again (A/A)",
  packages: [],
  setup: async () => ({ server: createOrdersService() }),
});

export default bareAgain;
