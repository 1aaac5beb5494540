export { failed, matched, observe } from "./node-http-adapter.ts";
