import { type Logger, pino } from "pino";

interface Bound {
  [pino.symbols.chindingsSym]: string;
}

/** A logger has few children before there is an engine; those beyond keep their bindings. */
const maxChildren = 1_000;

/** The bindings of a logger that is made before what they say is known: they are put right on it, and on the children that it has by then. */
export class LateBindings {
  #children: WeakRef<Logger>[] | undefined = [];

  /** A child was made, which copies its parent's bindings. */
  note(child: Logger): void {
    if (this.#children !== undefined && this.#children.length < maxChildren) this.#children.push(new WeakRef(child));
  }

  /** Bindings that begin with `before` begin with `after` from now on, and no child is noted any more. */
  settle(logger: Logger, before: string, after: string): void {
    const children = this.#children ?? [];
    this.#children = undefined;
    if (before === after) return;
    for (const one of [logger, ...children.map((child) => child.deref())]) {
      const bound = one as (Logger & Bound) | undefined;
      const bindings = bound?.[pino.symbols.chindingsSym];
      if (bound !== undefined && bindings?.startsWith(before) === true)
        bound[pino.symbols.chindingsSym] = after + bindings.slice(before.length);
    }
  }
}

/** The bindings of a logger, as the text that pino keeps. */
export function bindingsOf(logger: Logger): string {
  return (logger as unknown as Bound)[pino.symbols.chindingsSym];
}
