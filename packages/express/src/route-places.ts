import type { ExpressApp, ExpressLayer, ExpressRoute, ExpressRouter } from "./express-types.ts";
import { LayerPattern } from "./layer-pattern.ts";
import { givesOptions } from "./route-options.ts";

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

/** What a walk tells of one route. */
export interface FoundRoute {
  readonly places: Place[];
  /** What stands in front of it, in its own router or one around it, and gives options. */
  readonly behind: Set<object>;
}

/** Finds every route of a router and of those mounted in it, and shows each layer on the way to `visit`. */
export function findRoutes(router: ExpressRouter, visit: (layer: ExpressLayer) => void): Map<ExpressRoute, FoundRoute> {
  const found = new Map<ExpressRoute, FoundRoute>();
  const patterns = new Map<ExpressLayer, LayerPattern>();

  function walk(stack: readonly ExpressLayer[], place: Place, outer: readonly object[]): void {
    const behind = [...outer];
    for (const layer of stack) {
      // A connect app has a stack as well, of layers that only look alike: what they call a route is a path.
      if (typeof layer.route === "string") continue;
      visit(layer);
      if (layer.route !== undefined) {
        const known = found.get(layer.route);
        if (known === undefined) found.set(layer.route, { places: [place], behind: new Set(behind) });
        else {
          known.places.push(place);
          for (const handle of behind) known.behind.add(handle);
        }
      } else if (givesOptions(layer.handle)) {
        behind.push(layer.handle);
      } else if (Array.isArray(layer.handle.stack) && place.length < maxDepth) {
        const pattern = patterns.get(layer) ?? new LayerPattern(layer);
        patterns.set(layer, pattern);
        walk(layer.handle.stack, [...place, pattern], behind);
      }
    }
  }

  walk(router.stack, [], []);
  return found;
}
