export { failed, matched, observe } from "./node-http-adapter.ts";
export { observedRequest, observedResponse } from "./observed-classes.ts";
