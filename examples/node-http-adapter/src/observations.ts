import type { RequestExchange, Route } from "@gossamer/core";

/** What the adapter knows of a request. Nothing of it can be seen on the request. */
export interface Observation {
  readonly exchange: RequestExchange;
  route: Route | undefined;
  isBound: boolean;
}

/** By the request. */
export const observations: WeakMap<object, Observation> = new WeakMap<object, Observation>();
