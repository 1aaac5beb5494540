import { type Context, context, ROOT_CONTEXT } from "@opentelemetry/api";
import type { RunsContexts } from "../../exchange/incoming/joined-span.ts";
import { isContext } from "../../tracing/context/is-context.ts";

/** The contexts of whoever is registered behind `@opentelemetry/api`. */
export const apiContexts: RunsContexts = {
  active: () => activeApiContext() ?? ROOT_CONTEXT,
  with: <T>(active: Context, fn: () => T): T => context.with(active, fn),
  bind: <T>(active: Context, target: T): T => context.bind(active, target),
};

/** The same, with no context where there is only the root, or something that is none. */
export function activeApiContext(): Context | undefined {
  const active = context.active();
  return active === ROOT_CONTEXT || !isContext(active) ? undefined : active;
}
