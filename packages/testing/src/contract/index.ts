export { describeAdapterContract, type ContractOptions } from "./describe-adapter-contract.ts";
export type { ContractCase } from "./contract-case.ts";
export {
  maxHeaderSize,
  type AdapterHarness,
  type FixtureAnswer,
  type FixtureApp,
  type FixtureCall,
  type FixtureRoute,
  type Protocol,
  type RunningApp,
} from "./harness.ts";

// For cases of a framework's own.
export { type ClientAnswer, type ClientRequest, send } from "./client.ts";
export { within } from "./deadline.ts";
export { PaymentError } from "./fixture/failing-routes.ts";
export type { Fixture } from "./fixture/fixture.ts";
export { type Identity, identityNow } from "./fixture/identity.ts";
export { Latches } from "./latches.ts";
export { openRaw, type RawConnection, rawExchange } from "./raw-client.ts";
export type { Seen } from "./seen.ts";
export type { Upstream } from "./upstream.ts";
export type { World } from "./world.ts";
export type { FixtureError } from "./fixture/failing-routes.ts";
