import type { FrameworkStep } from "../model/request/request-exchange.ts";
import { isPromise } from "./span/run-in-span.ts";

/** A step of a framework that has no span. */
export const unspannedStep: FrameworkStep = Object.freeze({
  end() {},
  failed() {},
  follow: (result) => isPromise(result),
  leave: (next) => next(),
} satisfies FrameworkStep);
