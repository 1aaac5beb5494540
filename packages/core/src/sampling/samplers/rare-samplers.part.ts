export { priority } from "./priority.ts";
export { tiered } from "./tiered.ts";
