import type { ExpressApp, ExpressLayer, ExpressRoute, ExpressRouter } from "./express-types.ts";
import { LayerPattern } from "./layer-pattern.ts";

/** A way from an app's router to a route: the mounts that lead there. */
export type Place = readonly LayerPattern[];

/** Deeper nesting than this is a mistake, or a router mounted in itself. */
const maxDepth = 32;

/**
 * The router of an app of either version, if it has one yet. To be asked for once a request runs through the app: Express 5 makes the router
 * when it is asked before that, which would freeze the app's settings.
 */
export function routerOf(app: ExpressApp): ExpressRouter | undefined {
  return Object.hasOwn(app, "_router") ? app._router : readRouter(app);
}

function readRouter(app: ExpressApp): ExpressRouter | undefined {
  try {
    return app.router;
  } catch {
    // Express 4 throws for the old name, also before its first route.
    return undefined;
  }
}

/** Finds every route of a router and of those mounted in it, and shows each layer on the way to `visit`. */
export function findPlaces(router: ExpressRouter, visit: (layer: ExpressLayer) => void): Map<ExpressRoute, Place[]> {
  const places = new Map<ExpressRoute, Place[]>();
  const patterns = new Map<ExpressLayer, LayerPattern>();

  function walk(stack: readonly ExpressLayer[], place: Place): void {
    for (const layer of stack) {
      // A connect app has a stack as well, of layers that only look alike: what they call a route is a path.
      if (typeof layer.route === "string") continue;
      visit(layer);
      if (layer.route !== undefined) {
        const known = places.get(layer.route);
        if (known === undefined) places.set(layer.route, [place]);
        else known.push(place);
      } else if (Array.isArray(layer.handle.stack) && place.length < maxDepth) {
        const pattern = patterns.get(layer) ?? new LayerPattern(layer);
        patterns.set(layer, pattern);
        walk(layer.handle.stack, [...place, pattern]);
      }
    }
  }

  walk(router.stack, []);
  return places;
}
