import type { AsyncLocalStorage } from "node:async_hooks";
import { ROOT_CONTEXT, type Context, type ContextManager } from "@opentelemetry/api";
import { bindEmitter, isEmitter } from "./bind-emitter.ts";

/** What `attach` gave (API 1.10): disposing it brings the earlier context back. */
export interface ContextToken {
  dispose(): void;
}

/** Carries the active context through callbacks, promises and timers, over one `AsyncLocalStorage`. */
export class AsyncContextManager implements ContextManager {
  readonly #storage: AsyncLocalStorage<Context>;

  constructor(storage: AsyncLocalStorage<Context>) {
    this.#storage = storage;
  }

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    if (thisArg === undefined && args.length === 0)
      return this.#storage.run(context, fn as unknown as () => ReturnType<F>);
    return this.#storage.run(context, () => fn.apply(thisArg, args));
  }

  bind<T>(context: Context, target: T): T {
    if (isEmitter(target)) return bindEmitter(this.#storage, context, target);
    if (typeof target === "function")
      return bindFunction(this.#storage, context, target as unknown as AnyFunction) as unknown as T;
    return target;
  }

  /** Makes `context` active for the rest of the current execution, until the token is disposed. */
  attach(context: Context): ContextToken {
    const before = this.#storage.getStore();
    this.#storage.enterWith(context);
    return { dispose: () => this.#storage.enterWith(before ?? ROOT_CONTEXT) };
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
