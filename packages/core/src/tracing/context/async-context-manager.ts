import type { AsyncLocalStorage } from "node:async_hooks";
import { ROOT_CONTEXT, type Context, type ContextManager } from "@opentelemetry/api";
import { bindEmitter, isEmitter } from "./bind-emitter.ts";
import { isContext } from "./is-context.ts";

/** What `attach` gave (API 1.10): disposing it brings the earlier context back. */
export interface ContextToken {
  dispose(): void;
}

/**
 * Carries the active context through callbacks, promises and timers, over one `AsyncLocalStorage`. In place of what is no context, functions run in the
 * root.
 */
export class AsyncContextManager implements ContextManager {
  readonly #storage: AsyncLocalStorage<Context>;
  readonly #metOdd: () => void;

  /** @param metOdd told of what was given as a context and is none */
  constructor(storage: AsyncLocalStorage<Context>, metOdd: () => void = () => {}) {
    this.#storage = storage;
    this.#metOdd = metOdd;
  }

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    given: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    const context = this.#checked(given);
    if (thisArg === undefined && args.length === 0)
      return this.#storage.run(context, fn as unknown as () => ReturnType<F>);
    return this.#storage.run(context, () => fn.apply(thisArg, args));
  }

  bind<T>(given: Context, target: T): T {
    const context = this.#checked(given);
    try {
      if (isEmitter(target)) return bindEmitter(this.#storage, context, target);
      if (typeof target === "function")
        return bindFunction(this.#storage, context, target as unknown as AnyFunction) as unknown as T;
    } catch {
      // A proxy that does not let itself be looked at runs in the context that it runs in anyway.
      this.#metOdd();
    }
    return target;
  }

  /** Makes `context` active for the rest of the current execution, until the token is disposed. */
  attach(given: Context): ContextToken {
    const before = this.#storage.getStore();
    this.#storage.enterWith(this.#checked(given));
    return { dispose: () => this.#storage.enterWith(before ?? ROOT_CONTEXT) };
  }

  #checked(given: Context): Context {
    if (isContext(given)) return given;
    this.#metOdd();
    return ROOT_CONTEXT;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }
}

type AnyFunction = (this: unknown, ...args: unknown[]) => unknown;

function bindFunction(storage: AsyncLocalStorage<Context>, context: Context, target: AnyFunction): AnyFunction {
  function bound(this: unknown, ...args: unknown[]): unknown {
    return storage.run(context, () => target.apply(this, args));
  }
  return Object.defineProperty(bound, "length", { value: target.length, configurable: true });
}
