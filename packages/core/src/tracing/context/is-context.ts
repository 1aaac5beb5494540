import type { Context } from "@opentelemetry/api";

/** Whether something given as a context is one, as far as a look tells. */
export function isContext(given: unknown): given is Context {
  try {
    const { getValue, setValue } = given as Context;
    return typeof getValue === "function" && typeof setValue === "function";
  } catch {
    return false;
  }
}
