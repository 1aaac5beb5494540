import { Adopted } from "@gossamer/core/adapter";
import type { ExpressRoute } from "./express-types.ts";

/** What is known of a route, and whose knowledge it is. */
export interface OwnedEntry {
  readonly owner: object;
}

/** Puts an entry on Express's route as a private field: nobody can see, list or copy it. */
class EntryField extends Adopted {
  #entry: OwnedEntry;

  constructor(route: ExpressRoute, entry: OwnedEntry) {
    super(route);
    this.#entry = entry;
  }

  static read(route: object): OwnedEntry | undefined {
    return #entry in route ? route.#entry : undefined;
  }

  static write(route: object, entry: OwnedEntry): void {
    (route as EntryField).#entry = entry;
  }
}

/**
 * An entry for each route, kept on the route itself: a WeakMap of 5,000 routes is cold when a request asks it. The first owner of a route has its
 * field; those of a second engine over the same app are in a WeakMap, as are those of a route that takes no field.
 */
export class RouteEntries<Entry extends OwnedEntry> {
  readonly #others = new WeakMap<ExpressRoute, Entry>();

  get(route: ExpressRoute): Entry | undefined {
    const held = EntryField.read(route);
    return held?.owner === this ? (held as Entry) : this.#others.get(route);
  }

  /** The entry's owner is this. */
  set(route: ExpressRoute, entry: Entry): void {
    const held = EntryField.read(route);
    if (held?.owner === this) return EntryField.write(route, entry);
    if (held === undefined) {
      try {
        new EntryField(route, entry);
        return;
      } catch {
        // Frozen, which later versions of V8 take to mean private fields too.
      }
    }
    this.#others.set(route, entry);
  }
}
