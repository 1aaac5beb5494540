import type { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import type { Context } from "@opentelemetry/api";
import { builtin } from "../../model/builtin.ts";

/** From here on Node keeps the stores of all storages in one map, of which `AsyncLocalStorage.run` makes two: one to enter, one to leave. */
const firstWithFrames = 24;
const hasFrames = Number.parseInt(process.versions.node, 10) >= firstWithFrames;

let Resource: typeof AsyncResource | undefined;

/**
 * Runs the whole of a request in its context: what `storage.run` does, at half its price.
 *
 * From Node 24 on a resource of its own remembers what was there before, all storages at once, and brings it back without a second map. Hence
 * what else is entered meanwhile by `enterWith` ends here too, as it does at the end of every callback of Node's: right for a request, which is the
 * outermost that a service runs, and wrong for a piece of one. Before Node 24 it is `storage.run`.
 */
export function runAlone<T>(storage: AsyncLocalStorage<Context>, context: Context, fn: () => T): T {
  if (!hasFrames) return storage.run(context, fn);
  Resource ??= builtin("node:async_hooks").AsyncResource;
  return new Resource("GOSSAMER_REQUEST").runInAsyncScope(gossamerRun, undefined, storage, context, fn) as T;
}

/** Its name is in the stack of what a handler throws at once. */
function gossamerRun<T>(storage: AsyncLocalStorage<Context>, context: Context, fn: () => T): T {
  storage.enterWith(context);
  return fn();
}
