import type { Context, Span } from "@opentelemetry/api";
import { spanKey } from "./context-keys.ts";

/**
 * A context within a request: its base (the request's own context, or the process's), the active span, and whatever else was set.
 *
 * The span has a place of its own because it is what changes most: nesting a thousand spans makes a thousand small objects, not a chain.
 */
export class EngineContext implements Context {
  readonly base: Context;
  readonly #span: Span | undefined;
  readonly #entries: ReadonlyMap<symbol, unknown> | undefined;

  private constructor(base: Context, span: Span | undefined, entries: ReadonlyMap<symbol, unknown> | undefined) {
    this.base = base;
    this.#span = span;
    this.#entries = entries;
  }

  /** A context on top of `base` with one value set. */
  static on(base: Context, key: symbol, value: unknown): EngineContext {
    if (key === spanKey) return new EngineContext(base, value as Span | undefined, undefined);
    return new EngineContext(base, base.getValue(spanKey) as Span | undefined, new Map([[key, value]]));
  }

  getValue(key: symbol): unknown {
    if (key === spanKey) return this.#span;
    if (this.#entries?.has(key)) return this.#entries.get(key);
    return this.base.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === spanKey) return new EngineContext(this.base, value as Span | undefined, this.#entries);
    return new EngineContext(this.base, this.#span, new Map(this.#entries).set(key, value));
  }

  /** An absent value and one that was taken away are the same to a reader. */
  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined);
  }
}
