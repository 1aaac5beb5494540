import { isEventStream, isServersOwn } from "@gossamer/core";
import { Adopted } from "@gossamer/core";
import type { ExpressApp, ExpressRequest, ExpressResponse, ExpressRoute } from "./express-types.ts";
import { requestState } from "./request-state.ts";

/** Gives a request the same own `route` that bare Express would: at the cost of an assignment, not of `defineProperty`. */
class OwnRoute extends Adopted {
  route: ExpressRoute | undefined = undefined;

  constructor(request: ExpressRequest, route: ExpressRoute | undefined) {
    super(request);
    this.route = route;
  }
}

/** Notes the first route of a request when it is matched, by an accessor on the app's own request prototype, which sub-apps inherit. */
export function hookRoute(app: ExpressApp, noted: (request: ExpressRequest, route: ExpressRoute) => void): void {
  Object.defineProperty(app.request, "route", {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: ExpressRequest, route: ExpressRoute | undefined) {
      new OwnRoute(this, route);
      if (route !== undefined) noted(this, route);
    },
  });
}

/** Covers members of the app's own request and response prototypes: the head of a streamed response is noticed, and a body's listeners run in the request's context. */
export function hookListeners(app: ExpressApp): void {
  const on = bindingOn(app.request as ExpressRequest);
  cover(app.request, "on", on);
  cover(app.request, "addListener", on);
  for (const name of ["write", "flushHeaders"] as const) {
    cover(app.response, name, notingHead((app.response as ExpressResponse)[name] as Write));
  }
}

/** As enumerable as what it covers: `for … in` over a request lists what it listed before. */
function cover(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, {
    configurable: true,
    enumerable: isEnumerable(target, name),
    writable: true,
    value,
  });
}

function isEnumerable(target: object, name: string): boolean {
  for (let holder: object | null = target; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const found = Object.getOwnPropertyDescriptor(holder, name);
    if (found !== undefined) return found.enumerable === true;
  }
  return false;
}

type On = (this: ExpressRequest, event: string | symbol, listener: (...args: unknown[]) => void) => ExpressRequest;

/** Node emits later parts of a body outside the request's context. From the first listener on, all of them run in it; most requests have none. */
function bindingOn(prototype: ExpressRequest): On {
  const on = prototype.on as unknown as On;
  return function (this: ExpressRequest, event, listener) {
    // First, as each request comes by with that one.
    if (isServersOwn(event, listener)) return on.call(this, event, listener);
    const state = requestState(this);
    if (state?.isBound === false) {
      state.isBound = true;
      state.exchange?.bind(this);
    }
    return on.call(this, event, listener);
  };
}

type Write = (this: ExpressResponse, ...args: unknown[]) => unknown;

/** A head leaves with the first part of a body. Of an answer that is sent in one go nobody needs to know when: most pass here not at all. */
function notingHead(write: Write): Write {
  return function (this: ExpressResponse, ...args) {
    const result = write.apply(this, args);
    const exchange = requestState(this.req)?.exchange;
    if (exchange?.headSeen === false) exchange.headersSent(isEventStream(this));
    return result;
  };
}
