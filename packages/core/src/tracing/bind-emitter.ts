import type { AsyncLocalStorage } from "node:async_hooks";
import type { EventEmitter } from "node:events";
import type { Context } from "@opentelemetry/api";
import { builtin } from "../model/builtin.ts";

export function isEmitter(target: unknown): target is EventEmitter {
  return target instanceof builtin("node:events").EventEmitter;
}

type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

/** What stood in the place of each `emit` of ours, so that binding again takes the place of the earlier binding and does not pile up. */
const originals = new WeakMap<object, Emit>();

/**
 * Runs every listener of the emitter in the context, those added before as well.
 *
 * One own, non-enumerable `emit` does it: no listener is wrapped, so `off`, `once` and `listeners` stay as they were. A second binding takes
 * the place of the first.
 */
export function bindEmitter<T extends EventEmitter>(
  storage: AsyncLocalStorage<Context>,
  context: Context,
  emitter: T,
): T {
  const emit = originals.get(emitter.emit) ?? (emitter.emit.bind(emitter) as Emit);
  const bound: Emit = (event, ...args) =>
    storage.getStore() === context ? emit(event, ...args) : storage.run(context, () => emit(event, ...args));
  originals.set(bound, emit);
  Object.defineProperty(emitter, "emit", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: bound,
  });
  return emitter;
}
