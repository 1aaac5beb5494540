export { ladder, tokenHeader } from "./protocol.ts";
export type * from "./protocol.ts";
