import {
  type RequestExchange,
  nodeOutcome,
  nodeReader,
  type RequestReader,
  type TelemetryEngine,
} from "@gossamer/core";
import { lastErrorHandler, noteErrorsAt } from "./error-notes.ts";
import type { ExpressApp, ExpressRequest, ExpressResponse, ExpressRoute, Next } from "./express-types.ts";
import { type FrameworkRoutes, plainRoutes } from "./framework-routes.ts";
import { notMiddleware, spanMiddleware } from "./middleware-spans.ts";
import { hookListeners, hookRoute } from "./prototype-hooks.ts";
import { attachState, requestState } from "./request-state.ts";
import { RouteIndex } from "./route-index.ts";
import { routeOptionsInUse } from "./route-options.ts";

/** What Express knows of a request better than Node: proxies, the URL before routers cut it, the matched route. */
function expressReader(index: RouteIndex): RequestReader<ExpressRequest> {
  return {
    ...(nodeReader as RequestReader<ExpressRequest>),
    target: (request) => request.originalUrl ?? request.url ?? "",
    // Express asks the trust rules for each address on the way; without a proxy's header there is none but the peer.
    clientAddress: (request) =>
      nodeReader.header(request, "x-forwarded-for") === undefined ? request.socket?.remoteAddress : request.ip,
    route(request) {
      const { route } = request;
      if (route === undefined || route === null) return undefined;
      const state = requestState(request);
      return index.handle(request, route, state?.route === route ? state.template : undefined, state?.options);
    },
    routeOptionsInUse,
  };
}

/** Tells the engine when a request of an Express app begins, what its route is, and how it ended. */
export function expressMiddleware(
  telemetry: TelemetryEngine,
  framework: FrameworkRoutes = plainRoutes,
): (request: ExpressRequest, response: ExpressResponse, next: Next) => void {
  const seen = new Set<ExpressApp>();
  let lastApp: ExpressApp | undefined;
  let notesRoutes = false;
  const index = new RouteIndex({
    routes: telemetry.routes,
    framework,
    seenLayer(layer) {
      noteErrorsAt(layer);
      if (telemetry.internalSpans) spanMiddleware(telemetry, layer);
    },
    varies() {
      notesRoutes = true;
      for (const app of seen) hookRoute(app, noteRoute);
    },
    now: () => performance.now(),
  });
  const reader = expressReader(index);

  function noteRoute(request: ExpressRequest, route: ExpressRoute): void {
    if (index.isFixed(request, route)) return;
    const state = requestState(request);
    if (state === undefined) return;
    state.route = route;
    state.template = index.templateAt(request, route);
  }

  function see(app: ExpressApp): void {
    lastApp = app;
    if (!seen.has(app)) telemetry.guard(() => meet(app));
  }

  function meet(app: ExpressApp): void {
    seen.add(app);
    hookListeners(app);
    if (notesRoutes) hookRoute(app, noteRoute);
    index.learn(app);
    app.use(lastErrorHandler());
  }

  function telemetryMiddleware(request: ExpressRequest, response: ExpressResponse, next: Next): void {
    const state = attachState(request);
    if (state === undefined) return next();
    const { app } = request;
    if (app !== lastApp && app !== undefined) see(app);
    const exchange = telemetry.begin(request, reader);
    state.exchange = exchange;
    endWith(response, exchange);
    const held = telemetry.backpressure?.();
    if (held === undefined) exchange.run(next);
    else void held.then(() => exchange.run(next));
  }
  return notMiddleware(telemetryMiddleware);
}

function endWith(response: ExpressResponse, exchange: RequestExchange): void {
  // Its client may have left while an earlier middleware waited: then the event has been.
  if (response.closed) exchange.end(nodeOutcome(response));
  else response.on("close", () => exchange.end(nodeOutcome(response)));
}
