import { isEventStream } from "@gossamer/core";
import { Adopted } from "./adopted.ts";
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

/** Covers members of the app's own request and response prototypes: the response head is noticed, and a body's listeners run in the request's context. */
export function hookListeners(app: ExpressApp): void {
  const on = bindingOn(app.request as ExpressRequest);
  cover(app.request, "on", on);
  cover(app.request, "addListener", on);
  cover(app.response, "writeHead", notingWriteHead(app.response as ExpressResponse));
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
    const state = requestState(this);
    if (state?.isBound === false) {
      state.isBound = true;
      state.exchange.bind(this);
    }
    return on.call(this, event, listener);
  };
}

type WriteHead = (this: ExpressResponse, ...args: unknown[]) => ExpressResponse;

function notingWriteHead(prototype: ExpressResponse): WriteHead {
  const writeHead = prototype.writeHead as unknown as WriteHead;
  return function (this: ExpressResponse, ...args) {
    const result = writeHead.apply(this, args);
    requestState(this.req)?.exchange.headersSent(isEventStream(this, args));
    return result;
  };
}
