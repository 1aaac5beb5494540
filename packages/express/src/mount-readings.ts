import { type KnownRouter, templatesTo } from "./route-places.ts";

/** Paths told apart, of all routers together: what more there is, is read again. */
const maxKept = 4_096;
/** A longer path is read each time. */
const maxPathLength = 200;

/** What the mounts of one app's routers make of paths, remembered where it is certain. */
export class MountReadings {
  readonly #outermost: KnownRouter;
  readonly #kept = new Map<KnownRouter, Map<string, string>>();
  #size = 0;

  constructor(outermost: KnownRouter) {
    this.#outermost = outermost;
  }

  /** The templates of the mounts that lead to a router by exactly `base`; undefined where there are too many to tell. */
  to(router: KnownRouter, base: string): ReadonlySet<string> | undefined {
    const known = this.#kept.get(router)?.get(base);
    if (known !== undefined) return new Set([known]);
    const templates = templatesTo(router, this.#outermost, base);
    const [only] = templates ?? [];
    if (only !== undefined && templates?.size === 1 && base.length <= maxPathLength) this.#keep(router, base, only);
    return templates;
  }

  #keep(router: KnownRouter, base: string, template: string): void {
    if (this.#size >= maxKept) {
      this.#kept.clear();
      this.#size = 0;
    }
    const kept = this.#kept.get(router) ?? new Map<string, string>();
    this.#kept.set(router, kept.set(base, template));
    this.#size++;
  }
}
