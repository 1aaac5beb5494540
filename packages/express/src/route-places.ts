import type { ExpressApp, ExpressLayer, ExpressRoute, ExpressRouter } from "./express-types.ts";
import { LayerPattern } from "./layer-pattern.ts";
import { optionsGiver } from "./route-options.ts";

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

/** A router among those of an app: one, however many places it is mounted at, be it in itself. */
export interface KnownRouter {
  readonly isOutermost: boolean;
  readonly mountedBy: Mount[];
  /** What stands in front of it, in one around it, and gives options. */
  readonly behind: Set<object>;
}

/** A layer that leads from one router into another. */
export interface Mount {
  readonly from: KnownRouter;
  readonly to: KnownRouter;
  readonly pattern: LayerPattern;
  /** What stands in front of it in its own router and gives options. */
  readonly behind: readonly object[];
}

/** What a walk tells of one route. */
export interface FoundRoute {
  readonly layer: ExpressLayer;
  /** Where it is: in more than one only if somebody put it there by hand. */
  readonly routers: KnownRouter[];
  /** What stands in front of it, in its own router or one around it, and gives options. */
  readonly behind: Set<object>;
}

export interface FoundRoutes {
  readonly outermost: KnownRouter;
  readonly routes: ReadonlyMap<ExpressRoute, FoundRoute>;
}

/** Finds every route of a router and of those mounted in it, and shows each layer on the way to `visit`. Each router is walked once. */
export function findRoutes(router: ExpressRouter, visit: (layer: ExpressLayer) => void): FoundRoutes {
  const routes = new Map<ExpressRoute, FoundRoute>();
  const known = new Map<readonly ExpressLayer[], KnownRouter>();
  const mounts: Mount[] = [];

  function knownRouter(stack: readonly ExpressLayer[]): KnownRouter {
    let there = known.get(stack);
    if (there === undefined) {
      there = { isOutermost: stack === router.stack, mountedBy: [], behind: new Set() };
      known.set(stack, there);
    }
    return there;
  }

  const outermost = knownRouter(router.stack);
  // It grows meanwhile.
  for (const [stack, here] of known) {
    const behind: object[] = [];
    for (const layer of stack) {
      // A connect app has a stack as well, of layers that only look alike: what they call a route is a path.
      if (typeof layer.route === "string") continue;
      visit(layer);
      if (layer.route !== undefined) {
        const before = routes.get(layer.route);
        const route = before ?? { layer, routers: [], behind: new Set() };
        if (before === undefined) routes.set(layer.route, route);
        if (!route.routers.includes(here)) route.routers.push(here);
        for (const handle of behind) route.behind.add(handle);
        continue;
      }
      const giver = optionsGiver(layer.handle);
      if (giver !== undefined) behind.push(giver);
      else if (Array.isArray(layer.handle.stack)) {
        const to = knownRouter(layer.handle.stack);
        const mount = { from: here, to, pattern: new LayerPattern(layer), behind: [...behind] };
        to.mountedBy.push(mount);
        mounts.push(mount);
      }
    }
  }

  passOn(mounts);
  for (const { routers, behind } of routes.values())
    for (const around of routers) for (const handle of around.behind) behind.add(handle);
  return { outermost, routes };
}

/** What stands in front of a mount stands in front of all that is mounted there, until there is nothing more to tell. */
function passOn(mounts: readonly Mount[]): void {
  for (let changed = true; changed;) {
    changed = false;
    for (const { from, to, behind } of mounts) {
      const before = to.behind.size;
      for (const handle of behind) to.behind.add(handle);
      for (const handle of from.behind) to.behind.add(handle);
      changed ||= to.behind.size > before;
    }
  }
}

/** The mounts that lead to a router from the outermost one, where there is no second way. */
export function onlyWay(router: KnownRouter): readonly LayerPattern[] | undefined {
  const way: LayerPattern[] = [];
  let at = router;
  while (!at.isOutermost) {
    const [mount] = at.mountedBy;
    if (mount === undefined || at.mountedBy.length > 1) return undefined;
    way.unshift(mount.pattern);
    at = mount.from;
  }
  return at.mountedBy.length === 0 ? way : undefined;
}
