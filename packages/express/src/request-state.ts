import { Adopted, type RequestExchange, type RouteOptions } from "@gossamer/core";
import type { ExpressRequest, ExpressRoute } from "./express-types.ts";

/** What the adapter knows of one request. */
export interface RequestState {
  /** Undefined for the moment in which it begins. */
  exchange: RequestExchange | undefined;
  /** The route for which `template` was noted. */
  route: ExpressRoute | undefined;
  /** Noted when the route was matched, where it depends on the request. */
  template: string | undefined;
  /** Whether the listeners of the request run in its context already. */
  isBound: boolean;
  /** Given by `telemetry.route` in front of a router. */
  options: RouteOptions | undefined;
}

/**
 * Puts our state on a request as a private field: nobody can see, list or copy it, and its shape stays what Express made. A WeakMap does the
 * same at fifteen times the cost.
 */
class StateField extends Adopted {
  #state: RequestState;

  constructor(request: ExpressRequest, state: RequestState) {
    super(request);
    this.#state = state;
  }

  static read(request: object): RequestState | undefined {
    return #state in request ? request.#state : undefined;
  }
}

/** Makes the state of a request, once; undefined for a request that has one: to add a private field a second time throws, and to look first would cost each request. */
export function attachState(request: ExpressRequest): RequestState | undefined {
  const state: RequestState = {
    exchange: undefined,
    route: undefined,
    template: undefined,
    isBound: false,
    options: undefined,
  };
  try {
    new StateField(request, state);
  } catch {
    return undefined;
  }
  return state;
}

/** The state of a request that went through `telemetry()`. */
export function requestState(request: object): RequestState | undefined {
  return StateField.read(request);
}
