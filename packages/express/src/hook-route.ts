import { Adopted } from "@gossamer/core/adapter";
import type { ExpressRequest, ExpressRoute } from "./express-types.ts";

/** Gives a request the same own `route` that bare Express would: at the cost of an assignment, not of `defineProperty`. */
class OwnRoute extends Adopted {
  route: ExpressRoute | undefined = undefined;

  constructor(request: ExpressRequest, route: ExpressRoute | undefined) {
    super(request);
    this.route = route;
  }
}

/** Notes the first route of a request when it is matched, by an accessor on the app's own prototype of requests, which sub-apps inherit. */
export function hookRoute(prototype: object, noted: (request: ExpressRequest, route: ExpressRoute) => void): void {
  Object.defineProperty(prototype, "route", {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: ExpressRequest, route: ExpressRoute | undefined) {
      new OwnRoute(this, route);
      if (route !== undefined) noted(this, route);
    },
  });
}
