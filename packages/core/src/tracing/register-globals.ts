import { createRequire } from "node:module";
import {
  context,
  type ContextManager,
  propagation,
  ProxyTracerProvider,
  type TextMapPropagator,
  trace,
  type TracerProvider,
} from "@opentelemetry/api";
import type { Diagnostics } from "../model/diagnostics.ts";

export interface GlobalParts {
  readonly provider: TracerProvider;
  readonly contexts: ContextManager;
  readonly propagator: TextMapPropagator;
  readonly diagnostics: Diagnostics;
}

type Api = Pick<typeof import("@opentelemetry/api"), "context" | "propagation" | "trace" | "ProxyTracerProvider">;

/**
 * Makes the engine the provider behind `@opentelemetry/api`. Answers the function that undoes it; what belongs to another provider stays.
 *
 * API 1.10 comes as two modules, one for `import` and one for `require`, each with a proxy of its own: a tracer that a library took early
 * through one stays without effect when the provider is registered through the other. So both proxies are given ours before one registration.
 */
export function registerGlobals({ provider, contexts, propagator, diagnostics }: GlobalParts): () => void {
  const own: Api = { context, propagation, trace, ProxyTracerProvider };
  const copies = [own];
  const required = requiredApi();
  if (required !== undefined && required.trace !== trace) copies.push(required);

  const undo: (() => void)[] = [];
  const free = isFree(own);
  if (!free) {
    diagnostics.warn(
      "another OpenTelemetry provider is registered already: spans made through @opentelemetry/api go there; create Gossamer first",
    );
  } else {
    for (const { trace: api } of copies) {
      const proxy = api.getTracerProvider();
      if ("setDelegate" in proxy && typeof proxy.setDelegate === "function") proxy.setDelegate(provider);
      undo.push(() => api.disable());
    }
    if (!trace.setGlobalTracerProvider(provider)) {
      diagnostics.warn(
        "@opentelemetry/api refused our provider: another version of it was loaded first; spans made through it are lost",
      );
    }
  }
  if (context.setGlobalContextManager(contexts)) {
    undo.push(() => context.disable());
  } else if (free) {
    diagnostics.warn(
      "another OpenTelemetry context manager is registered already: create Gossamer first, or spans lose their parents",
    );
  }
  if (propagation.setGlobalPropagator(propagator)) undo.push(() => propagation.disable());

  return () => {
    for (const step of undo) step();
  };
}

function isFree({ trace: api, ProxyTracerProvider: Proxy }: Api): boolean {
  const current = api.getTracerProvider();
  if (!(current instanceof Proxy)) return false;
  // A proxy that was given no provider answers with the module's one no-op provider.
  return current.getDelegate() === new Proxy().getDelegate();
}

/**
 * The copy of the API that `require` gives, if somebody has loaded it: then a tracer may have been taken through it. Whoever loads it later
 * finds the global provider.
 */
function requiredApi(): Api | undefined {
  try {
    const require = createRequire(import.meta.url);
    return require.cache[require.resolve("@opentelemetry/api")]?.exports as Api | undefined;
  } catch {
    // A bundle has no second copy to find: the one that was bundled in is the only one.
    return undefined;
  }
}
