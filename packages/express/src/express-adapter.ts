import {
  exchangeOf,
  nodeReader,
  observeNode,
  type RequestReader,
  sayWrongMount,
  type TelemetryEngine,
} from "@gossamer/core/adapter";
import { tellOrder } from "./tell-order.ts";
import { noteErrorsAt } from "./error-notes.ts";
import type { ExpressApp, ExpressRequest, ExpressResponse, ExpressRoute, Next } from "./express-types.ts";
import { type FrameworkRoutes, plainRoutes } from "./framework-routes.ts";
import { noteAt } from "./note-at.ts";
import { notMiddleware, spanMiddleware } from "./middleware-spans.ts";
import { hookRoute } from "./hook-route.ts";
import { addLastLayers } from "./last-layers.ts";
import { notesOf, notesOn } from "./request-notes.ts";
import { RouteIndex } from "./route-index.ts";
import { routeOptionsInUse } from "./route-options.ts";

/** For those who handed to Fastify what is Express's. */
export const notForFastify =
  'telemetry of @gossamer/express is no plugin of Fastify: import it from "@gossamer/fastify", and write app.register(telemetry, { … }).';

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
      const notes = notesOf(request);
      if (route === undefined || route === null)
        return notes === undefined ? undefined : index.unrouted(request, notes.given);
      return index.handle(request, route, notes?.route === route ? notes.template : undefined, notes?.given);
    },
    // Middleware of services leaves its spans there.
    foundSpan: ({ span }) => (span === undefined || span === null ? undefined : { span }),
    routeOptionsInUse,
  };
}

/** Tells the engine when a request of an Express app begins, what its route is, and how it ended. */
export function expressMiddleware(
  telemetry: TelemetryEngine,
  framework: FrameworkRoutes = plainRoutes,
): (request: ExpressRequest, response: ExpressResponse, next: Next) => void {
  const apps = new WeakSet<ExpressApp>();
  const prototypes = new Set<object>();
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
      for (const prototype of prototypes) hookRoute(prototype, noteRoute);
    },
    noteAt: (layer, route) => noteAt(layer, (request) => noteTemplate(request, route)),
    now: () => performance.now(),
  });
  const reader = expressReader(index);

  function noteRoute(request: ExpressRequest, route: ExpressRoute): void {
    telemetry.guard(() => {
      if (index.isUnnoted(request, route)) noteTemplate(request, route);
    });
  }

  function noteTemplate(request: ExpressRequest, route: ExpressRoute): void {
    if (exchangeOf(request) === undefined) return;
    telemetry.guard(() => {
      const notes = notesOn(request);
      notes.route = route;
      notes.template = index.templateAt(request, route);
    });
  }

  /** An app has a prototype of its own for its requests, and some have two: one for each version of HTTP. */
  function meet(request: ExpressRequest): void {
    const { app } = request;
    if (app === undefined) return;
    const prototype = Object.getPrototypeOf(request) as object;
    if (!prototypes.has(prototype)) {
      prototypes.add(prototype);
      if (notesRoutes) hookRoute(prototype, noteRoute);
    }
    if (apps.has(app)) return;
    apps.add(app);
    index.learn(app);
    // Another framework mounts it as it sees fit.
    if (framework === plainRoutes) tellOrder(app, middleware, telemetry);
    addLastLayers(app);
  }

  const middleware = notMiddleware(
    observeNode<ExpressRequest, ExpressResponse>(telemetry, {
      reader,
      nodeRequest: (request) => request,
      nodeResponse: (response) => response,
      meet,
      misplaced(request) {
        if ("addHook" in request) sayWrongMount(notForFastify);
      },
    }),
  );
  return middleware;
}
