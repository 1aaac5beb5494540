import type { Route, RouteOptions, RouteTable } from "@gossamer/core/adapter";
import type { ExpressApp, ExpressLayer, ExpressRequest, ExpressRoute } from "./express-types.ts";
import type { FrameworkRoutes } from "./framework-routes.ts";
import { joinTemplate } from "./join-template.ts";
import { patternText } from "./layer-pattern.ts";
import { MountReadings } from "./mount-readings.ts";
import type { GivenOptions } from "./request-notes.ts";
import { type OwnedEntry, RouteEntries } from "./route-entries.ts";
import { routeOptionsOf } from "./route-options.ts";
import { findRoutes, type KnownRouter, onlyWay, routerOf } from "./route-places.ts";

/** Walking all routes of an app again is only worth it now and then; an app that adds a route a request must not pay for all of them each time. */
const minWalkPauseMs = 200;
/** Each walk that does not find what it was made for doubles the pause, up to this. */
const maxWalkPauseMs = 12_800;

/** What is known of one route object of Express. */
interface Entry extends OwnedEntry {
  /** The routers it is in. */
  readonly routers: readonly KnownRouter[];
  /** What leads there; undefined for a route that no walk has found. */
  readonly readings: MountReadings | undefined;
  /** Its template, where every request has the same. */
  readonly fixed: string | undefined;
  /** What stands in front of it and gives options; undefined where nobody can tell. */
  readonly behind: ReadonlySet<object> | undefined;
  /** Options that stand in the route's own stack, by method; undefined where there are none. */
  readonly options: ((method: string) => RouteOptions | undefined) | undefined;
  /** The answer for requests without options, once made. */
  route: Route | undefined;
  /** Whether its template is noted at its layer. */
  isNoted: boolean;
  /** Whether it counts as no route: see {@link FrameworkRoutes}. */
  readonly ignored: boolean;
}

export interface RouteIndexSettings {
  readonly routes: RouteTable;
  readonly framework: FrameworkRoutes;
  /** Shown every layer of every app that is walked. */
  readonly seenLayer: (layer: ExpressLayer) => void;
  /** Told once, when a route is found, or may come, whose template depends on the request: then it must be noted when it is matched. */
  readonly varies: () => void;
  /** Asked to note the template of a route that was found, and whose template depends on the request, whenever one comes to its layer; false where that cannot be. */
  readonly noteAt: (layer: ExpressLayer, route: ExpressRoute) => boolean;
  readonly now: () => number;
}

/** Tells the template of the route that Express matched. Built off the request path, and again when an unknown route appears. */
export class RouteIndex {
  readonly #settings: RouteIndexSettings;
  readonly #entries = new RouteEntries<Entry>();
  readonly #walks = new WeakMap<ExpressApp, { readonly atMs: number; readonly pauseMs: number }>();
  #varies = false;

  constructor(settings: RouteIndexSettings) {
    this.#settings = settings;
  }

  /** The template of a route at the moment it is matched; the part that its mounts add is left out where it is not certain. */
  templateAt(request: ExpressRequest, route: ExpressRoute): string {
    const entry = this.#entry(request, route);
    if (entry.fixed !== undefined) return entry.fixed;
    const inner = innerTemplate(request, route);
    const { app } = request;
    if (app === undefined) return inner;
    const outer = appPrefixes(app);
    const found = new Set<string>();
    for (const { template, rest } of outer.flatMap((prefix) => fitPrefix(prefix, request.baseUrl ?? ""))) {
      for (const router of entry.routers) {
        const readings = entry.readings?.to(router, rest);
        if (readings === undefined) return inner;
        for (const within of readings) found.add(joinTemplate(joinTemplate(template, within), inner));
      }
    }
    const [only] = found;
    return only !== undefined && found.size === 1 ? only : inner;
  }

  /** Whether the template depends on the request, and is not noted at the route's layer. */
  isUnnoted(request: ExpressRequest, route: ExpressRoute): boolean {
    const { fixed, isNoted } = this.#entry(request, route);
    return fixed === undefined && !isNoted;
  }

  /** The engine's handle for a template of this route, with the options that the route itself gives for the method. */
  handle(
    request: ExpressRequest,
    route: ExpressRoute,
    template: string | undefined,
    given: readonly GivenOptions[] | undefined,
  ): Route | undefined {
    const entry = this.#entry(request, route);
    if (entry.ignored) return undefined;
    const options =
      entry.options?.(request.method ?? "") ?? given?.findLast((one) => holdsFor(one, route, entry))?.options;
    if (template === undefined && options === undefined && entry.route !== undefined) return entry.route;
    const handle = this.#settings.routes.get(template ?? this.templateAt(request, route), options);
    if (template === undefined && options === undefined && entry.fixed !== undefined) entry.route = handle;
    return handle;
  }

  /** What stands for the route of a request that is answered without one, once it is: the options that it came by, and no template. */
  unrouted({ res: response }: ExpressRequest, given: readonly GivenOptions[]): Route | undefined {
    const options = given.at(-1)?.options;
    // Until then a route may still come.
    if (options === undefined || response === undefined || !(response.headersSent || response.closed)) return undefined;
    return this.#settings.routes.get("", options);
  }

  /** Walks an app's router, so that its routes are known before they are asked for. */
  learn(app: ExpressApp): void {
    this.#walks.set(app, { atMs: this.#settings.now(), pauseMs: minWalkPauseMs });
    const router = routerOf(app);
    if (router === undefined) return;
    const { outermost, routes } = findRoutes(router, (layer) => {
      this.#settings.seenLayer(layer);
      if (leadsToApp(layer)) this.#vary();
    });
    const readings = new MountReadings(outermost);
    for (const [route, { layer, routers, behind }] of routes) {
      const entry = this.#makeEntry(route, { routers, readings, app, behind });
      this.#entries.set(route, entry);
      if (entry.fixed !== undefined) continue;
      this.#vary();
      entry.isNoted = this.#settings.noteAt(layer, route);
    }
  }

  #vary(): void {
    if (this.#varies) return;
    this.#varies = true;
    this.#settings.varies();
  }

  #entry(request: ExpressRequest, route: ExpressRoute): Entry {
    const known = this.#entries.get(route);
    if (known !== undefined) return known;
    const { app } = request;
    const before = app === undefined ? undefined : this.#walks.get(app);
    const unknown = this.#makeEntry(route, noPlace);
    if (app === undefined || (before !== undefined && this.#settings.now() - before.atMs < before.pauseMs))
      return unknown;
    this.learn(app);
    const learned = this.#entries.get(route);
    if (learned !== undefined) return learned;
    // It lies where no walk comes by, such as in a router that a function of the service calls.
    this.#entries.set(route, unknown);
    const pauseMs = Math.min((before?.pauseMs ?? minWalkPauseMs) * 2, maxWalkPauseMs);
    this.#walks.set(app, { atMs: this.#settings.now(), pauseMs });
    return unknown;
  }

  /** Where an app is mounted may depend on the request, so only the routes of the outermost have a fixed template. */
  #makeEntry(route: ExpressRoute, { routers, readings, app, behind }: Place): Entry {
    const { framework } = this.#settings;
    return {
      owner: this.#entries,
      routers,
      readings,
      // What stands in front of a mounted app is in the router of another.
      behind: app?.parent === undefined ? behind : undefined,
      fixed: app?.parent === undefined ? fixedTemplate(route, routers) : undefined,
      options: routeOptionsOf(route, framework),
      route: undefined,
      isNoted: false,
      ignored: !framework.isRoute(route),
    };
  }
}

/** Where a walk found a route. An app may be mounted by another, where it depends on the request, so only routes of the outermost have a fixed template. */
interface Place {
  readonly routers: readonly KnownRouter[];
  readonly readings: MountReadings | undefined;
  readonly app: ExpressApp | undefined;
  readonly behind: ReadonlySet<object> | undefined;
}

const noPlace: Place = { routers: [], readings: undefined, app: undefined, behind: undefined };

/** Options hold for the route they were met in, and for those behind the place where they stand. */
function holdsFor({ handler, route: metIn }: GivenOptions, route: ExpressRoute, { behind }: Entry): boolean {
  if (behind === undefined) return metIn === undefined || metIn === route;
  return metIn === route || behind.has(handler);
}

/** Whether behind a layer lies another app, whose routes are its own: mounted by an app, or used as the function that it is. */
function leadsToApp({ handle }: ExpressLayer): boolean {
  return handle.name === "mounted_app" || "mountpath" in handle;
}

/** One place, every mount on the way with one pattern, and one pattern of its own: then every request has the same template. */
function fixedTemplate(route: ExpressRoute, routers: readonly KnownRouter[]): string | undefined {
  const [router] = routers;
  if (router === undefined || routers.length > 1 || Array.isArray(route.path)) return undefined;
  const way = onlyWay(router);
  if (way === undefined) return undefined;
  let template = "";
  for (const { fixed } of way) {
    if (fixed === undefined) return undefined;
    template = joinTemplate(template, fixed);
  }
  return joinTemplate(template, patternText(route.path));
}

/** The route's own pattern; of several, the one that is literally the path, else all of them. */
function innerTemplate(request: ExpressRequest, route: ExpressRoute): string {
  if (!Array.isArray(route.path)) return patternText(route.path);
  const path = (request.url ?? "").split("?", 1)[0];
  return patternText(route.path.find((pattern) => pattern === path) ?? route.path);
}

/** More patterns than these, of apps in apps that are each mounted at several: none is looked at. */
const maxPrefixes = 256;

/** The patterns an app is mounted at, from the outermost app on; one empty one for the outermost. */
function appPrefixes(app: ExpressApp, depth = 0): string[] {
  const { parent, mountpath } = app;
  if (parent === undefined || mountpath === undefined || depth > 16) return [""];
  const own = Array.isArray(mountpath) ? mountpath.map(patternText) : [patternText(mountpath)];
  const outer = appPrefixes(parent, depth + 1);
  if (outer.length * own.length > maxPrefixes) return [];
  return outer.flatMap((prefix) => own.map((text) => joinTemplate(prefix, text)));
}

/** What of `base` is left behind a prefix of literal and named segments; nothing where it does not fit or cannot be told. */
function fitPrefix(prefix: string, base: string): { readonly template: string; readonly rest: string }[] {
  const parts = prefix.split("/").filter((part) => part !== "");
  const segments = base.split("/").filter((segment) => segment !== "");
  if (parts.length > segments.length) return [];
  for (const [i, part] of parts.entries()) {
    if (/^:\w+$/.test(part)) continue;
    if (part.toLowerCase() !== segments[i]?.toLowerCase()) return [];
  }
  const rest = segments.slice(parts.length).map((segment) => `/${segment}`);
  return [{ template: prefix === "/" ? "" : prefix, rest: rest.join("") }];
}
