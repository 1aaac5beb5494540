// For those who write an adapter: all that the other entries have, to be handed on to its users, and what an adapter is made of.
export * from "./batcher.ts";
export * from "./breaker.ts";
export * from "./index.ts";
export * from "./limiter.ts";
export * from "./samplers.ts";
export { engineOf } from "./telemetry/create-telemetry.ts";
export { carryTelemetry } from "./telemetry/process-telemetry.ts";
export { sayWrongMount, wrongMount } from "./telemetry/wrong-mount.ts";
export { makeFolders } from "./model/make-folders.ts";
export { durationText } from "./options/validate/duration-text.ts";
export { checkRouteOptions } from "./options/validate/check-route-options.ts";
export { Adopted } from "./exchange/node/adopted.ts";
export { attachExchange, exchangeOf } from "./exchange/node/attached-exchange.ts";
export { OpenSteps } from "./exchange/node/open-steps.ts";
export { observeNode } from "./exchange/node/observe-node.ts";
export { nodeReader } from "./exchange/node/node-reader.ts";
export { isEventStream, nodeOutcome } from "./exchange/node/node-response.ts";
