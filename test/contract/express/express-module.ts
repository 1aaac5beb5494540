import type express from "express";

/** Any of the versions under test; they are one by their types. */
export type ExpressModule = typeof express;

/** Whether it hands the rejections of handlers to its error handling by itself. */
export function awaitsHandlers(express: ExpressModule): boolean {
  return !("lazyrouter" in express.application);
}
