import { asErrorHandler } from "./error-notes.ts";
import type { ExpressApp, ExpressLayer, ExpressRequest, ExpressResponse, Next } from "./express-types.ts";
import { fitsLayer } from "./layer-pattern.ts";
import { notMiddleware } from "./middleware-spans.ts";
import { routerOf } from "./route-places.ts";

/** How many layers `addLastLayers` adds. */
const ours = 3;

/**
 * Puts layers of ours behind all of an app, which note an error that no handler of the service took. What becomes of it, and when, is as without us.
 *
 * A router that finds no more layers ends at once where the last of them did not fit the request, and in a turn of the event loop of its own where
 * it was the last that passed it on. Services notice: by what they wrote before an error, and by what they set after `next()`. So ours wait or do
 * not as the router would have done, and behind them stands one that fits nothing, with which the router itself never waits.
 */
export function addLastLayers(app: ExpressApp): void {
  const before = routerOf(app)?.stack.length ?? 0;
  function waits(request: ExpressRequest): boolean {
    return own !== undefined && waitsAtEnd(routerOf(app)?.stack ?? [], own, request);
  }
  app.use(
    asErrorHandler((error, request, _response, next) =>
      waits(request) ? void setImmediate(next, error) : next(error),
    ),
  );
  app.use(
    notMiddleware((request: ExpressRequest, _response: ExpressResponse, next: Next): void =>
      waits(request) ? void setImmediate(next) : next(),
    ),
  );
  app.use(
    /(?!)/,
    notMiddleware((_request: ExpressRequest, _response: ExpressResponse, next: Next): void => next()),
  );
  const own = routerOf(app)?.stack[before];
}

/** Whether the request comes from the service's last layer, behind which a router waits for a turn of its own. */
function waitsAtEnd(stack: readonly ExpressLayer[], own: ExpressLayer, request: ExpressRequest): boolean {
  const place = stack.lastIndexOf(own);
  const last = stack[place - 1];
  // What the service added later stands behind us, and is asked next.
  if (last === undefined || place + ours !== stack.length) return false;
  // A route is passed over with an error, and for another method. The one that was called is noted on the request.
  if (last.route !== undefined) return request.route === last.route;
  return fitsLayer(last, request.path ?? "");
}
