import type { AsyncLocalStorage } from "node:async_hooks";
import type { EventEmitter } from "node:events";
import type { Context } from "@opentelemetry/api";
import { builtin } from "../../model/builtin.ts";

export function isEmitter(target: unknown): target is EventEmitter {
  return target instanceof builtin("node:events").EventEmitter;
}

type Emit = (event: string | symbol, ...args: unknown[]) => boolean;

/**
 * On each `emit` of ours: what stood in its place, so that binding again takes the place of the earlier binding and does not pile up. A WeakMap with
 * an entry a request would make every collection of young objects many times as long.
 */
const original: unique symbol = Symbol("original");

interface BoundEmit extends Emit {
  [original]?: Emit;
}

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
  // One that takes no property is left as it is: its listeners run in the context they run in anyway.
  if (!takesEmit(emitter)) return emitter;
  const emit = (emitter.emit as BoundEmit)[original] ?? (emitter.emit.bind(emitter) as Emit);
  // One frame in the stacks of listeners, and its name says whose: some services print stacks into answers.
  const gossamerEmit: BoundEmit = (event, ...args) =>
    storage.getStore() === context ? emit(event, ...args) : storage.run(context, emit, event, ...args);
  gossamerEmit[original] = emit;
  Object.defineProperty(emitter, "emit", {
    configurable: true,
    enumerable: false,
    writable: true,
    value: gossamerEmit,
  });
  return emitter;
}

function takesEmit(emitter: EventEmitter): boolean {
  if (typeof emitter.emit !== "function") return false;
  const own = Object.getOwnPropertyDescriptor(emitter, "emit");
  return own === undefined ? Object.isExtensible(emitter) : own.configurable === true;
}
