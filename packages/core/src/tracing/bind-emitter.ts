import type { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter } from "node:events";
import type { Context } from "@opentelemetry/api";

export function isEmitter(target: unknown): target is EventEmitter {
  return target instanceof EventEmitter;
}

/**
 * Runs every listener of the emitter in the context, those added before as well.
 *
 * One own, non-enumerable `emit` does it: no listener is wrapped, so `off`, `once` and `listeners` stay as they were.
 */
export function bindEmitter<T extends EventEmitter>(storage: AsyncLocalStorage<Context>, context: Context, emitter: T): T {
  const emit = emitter.emit.bind(emitter) as (event: string | symbol, ...args: unknown[]) => boolean;
  Object.defineProperty(emitter, "emit", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: (event: string | symbol, ...args: unknown[]): boolean =>
      storage.getStore() === context ? emit(event, ...args) : storage.run(context, () => emit(event, ...args)),
  });
  return emitter;
}
