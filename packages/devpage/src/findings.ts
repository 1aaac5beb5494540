// What can be told of spans alone: for the page, and for the tests of a service (`@gossamer/testing`).
export type { CalledSpan } from "./traces/call-name.ts";
export { type RepeatedCalls, repeatedCalls, type RepeatedCallsOptions } from "./traces/findings.ts";
