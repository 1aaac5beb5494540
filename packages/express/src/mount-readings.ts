import { joinTemplate } from "./join-template.ts";
import type { KnownRouter, Mount } from "./route-places.ts";

/** Paths told apart, of all routers together: what more there is, is read again. */
const maxKept = 4_096;
/** A longer path is read each time. */
const maxPathLength = 200;
/** More ways than this to come to one router by one path: nobody can tell which it was. */
const maxReadings = 16;

/** The mounts by which one comes to a router, by the router in which they are. */
type Ways = ReadonlyMap<KnownRouter, readonly Mount[]>;

/** What leads to one router, and what it made of paths. */
interface Reached {
  readonly ways: Ways;
  readonly kept: Map<string, ReadonlySet<string>>;
}

/** What the mounts of one app's routers make of paths, remembered where it is certain. */
export class MountReadings {
  readonly #outermost: KnownRouter;
  readonly #reached = new Map<KnownRouter, Reached>();
  #size = 0;

  constructor(outermost: KnownRouter) {
    this.#outermost = outermost;
  }

  /** The templates of the mounts that lead to a router by exactly `base`; undefined where there are too many to tell. */
  to(router: KnownRouter, base: string): ReadonlySet<string> | undefined {
    const { ways, kept } = this.#reach(router);
    const known = kept.get(base);
    if (known !== undefined) return known;
    const templates = templatesTo(router, this.#outermost, ways, base);
    if (templates?.size === 1 && base.length <= maxPathLength) this.#keep(kept, base, templates);
    return templates;
  }

  #reach(router: KnownRouter): Reached {
    let reached = this.#reached.get(router);
    if (reached === undefined) {
      reached = { ways: waysTo(router), kept: new Map() };
      this.#reached.set(router, reached);
    }
    return reached;
  }

  #keep(kept: Map<string, ReadonlySet<string>>, base: string, templates: ReadonlySet<string>): void {
    if (this.#size >= maxKept) {
      for (const each of this.#reached.values()) each.kept.clear();
      this.#size = 0;
    }
    kept.set(base, templates);
    this.#size++;
  }
}

/** Where a search stands: how much of the path is left, and what came of the rest. */
interface Step {
  readonly router: KnownRouter;
  readonly rest: string;
  readonly template: string;
}

/** The templates by which one comes from the outermost router to another, if the mounts on the way take exactly `base`; undefined where there are too many. */
function templatesTo(
  router: KnownRouter,
  outermost: KnownRouter,
  ways: Ways,
  base: string,
): ReadonlySet<string> | undefined {
  const found = new Set<string>();
  const seen = new Map<KnownRouter, Set<string>>();
  const steps: Step[] = [{ router: outermost, rest: base, template: "" }];
  // It grows meanwhile.
  for (const { router: at, rest, template } of steps) {
    if (at === router && rest === "") found.add(template);
    for (const { to, pattern } of ways.get(at) ?? []) {
      const match = pattern.match(rest === "" ? "/" : rest);
      if (match?.template === undefined) continue;
      const taken = match.taken.endsWith("/") ? match.taken.slice(0, -1) : match.taken;
      const next = { router: to, rest: rest.slice(taken.length), template: joinTemplate(template, match.template) };
      const readings = seen.get(to) ?? new Set();
      seen.set(to, readings);
      const reading = `${next.rest.length} ${next.template}`;
      if (readings.has(reading)) continue;
      if (readings.size >= maxReadings) return undefined;
      readings.add(reading);
      steps.push(next);
    }
  }
  return found;
}

/** Back from a router along all that leads to it. */
function waysTo(router: KnownRouter): Ways {
  const ways = new Map<KnownRouter, Mount[]>();
  const reached = new Set([router]);
  for (const at of reached) {
    for (const mount of at.mountedBy) {
      const there = ways.get(mount.from);
      if (there === undefined) ways.set(mount.from, [mount]);
      else there.push(mount);
      reached.add(mount.from);
    }
  }
  return ways;
}
