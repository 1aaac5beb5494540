import {
  type Context,
  context,
  type ContextManager,
  type MeterProvider,
  metrics,
  propagation,
  ProxyTracerProvider,
  type TextMapPropagator,
  trace,
  type TracerProvider,
} from "@opentelemetry/api";
import { builtin } from "../../model/builtin.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import { globalKey, ownApiVersion, registeredApiVersion } from "./api-version.ts";
import { type ApiCopy, importedCopy } from "./imported-copy.ts";

/**
 * How the engine stands to `@opentelemetry/api`. `own`: it is the provider behind it. `guest`: somebody else is, and spans go through him.
 * `apart`: it has nothing to do with it.
 */
export type ApiPlace = "own" | "guest" | "apart";

export interface GlobalParts {
  readonly place: ApiPlace;
  readonly provider: TracerProvider;
  /** Undefined where nothing is measured. */
  readonly meters: MeterProvider | undefined;
  /** Whether a provider of metrics that was first gives way, as `register: "always"` says. */
  readonly evictsMeters: boolean;
  readonly contexts: ContextManager;
  readonly propagator: TextMapPropagator;
  readonly diagnostics: Diagnostics;
}

const ownApi: ApiCopy = { context, metrics, propagation, trace, ProxyTracerProvider };

/** As much of a provider of loggers as registering needs. */
type LoggerProvider = object;

/** The place that the option `register` gives the engine, as things are. */
export function apiPlace(register: "auto" | "always" | "never"): ApiPlace {
  if (register === "never") return "apart";
  return register === "always" || isFree(ownApi) ? "own" : "guest";
}

/**
 * Makes the engine the provider behind `@opentelemetry/api`, where that is its place. Answers the function that undoes it; what belongs to
 * another provider stays.
 *
 * API 1.10 comes as two modules, one for `import` and one for `require`, each with a proxy of its own: a tracer that a library took early
 * through one stays without effect when the provider is registered through the other. So the proxies of all copies that are loaded are given ours
 * before one registration.
 */
export function registerGlobals(parts: GlobalParts): () => void {
  const { place, provider, contexts, propagator, diagnostics } = parts;
  if (place === "apart") return () => {};
  const undo: (() => void)[] = [];
  let refused = false;
  if (place === "guest") {
    diagnostics.warn(
      'another OpenTelemetry provider was registered first: spans go through it and follow its rules; metrics stay with Gossamer. To change that, create Gossamer first, or set register: "always"',
      "GSM_API_GUEST",
    );
  } else {
    if (!isFree(ownApi)) evict(diagnostics);
    const delegate = ({ trace: api }: ApiCopy): void => {
      const proxy = api.getTracerProvider();
      if ("setDelegate" in proxy && typeof proxy.setDelegate === "function") proxy.setDelegate(provider);
      undo.push(() => api.disable());
    };
    let isUndone = false;
    undo.push(() => (isUndone = true));
    const late = (copy: ApiCopy): void => {
      if (!isUndone && isWhole(copy) && copy.trace !== trace) withoutProvider(() => delegate(copy));
    };
    for (const copy of copies(late)) delegate(copy);
    refused = !trace.setGlobalTracerProvider(provider);
    if (refused) diagnostics.warn(refusal(), "GSM_API_TWICE");
  }
  // A provider without a context manager leaves its place free, and would have no parents.
  if (context.setGlobalContextManager(contexts)) {
    undo.push(() => context.disable());
  } else if (place === "own" && !refused) {
    diagnostics.warn(
      "another OpenTelemetry context manager is registered already: create Gossamer first, or spans lose their parents",
      "GSM_API_CONTEXT",
    );
  }
  if (propagation.setGlobalPropagator(propagator)) undo.push(() => propagation.disable());
  if (!refused) undo.push(registerMeters(parts));

  return () => {
    for (const step of undo) step();
  };
}

/** Under it `@opentelemetry/api-logs` keeps a function that gives the provider for a version of its own. */
const logsKey = Symbol.for("io.opentelemetry.js.api.logs");
const logsVersion = 1;

/**
 * Puts the provider where nobody else's is, for `logs` of API 1.10 and of `@opentelemetry/api-logs`. Answers the function that undoes it. API 1.9 has no logs, so that its name for them cannot be imported: what the API itself would keep is put
 * where it keeps it.
 */
export function registerLoggers(loggers: LoggerProvider): () => void {
  const undo: (() => void)[] = [];
  const globals = globalThis as Record<symbol, unknown>;
  const registered = globals[globalKey] as { logs?: unknown } | undefined;
  if (registered !== undefined && registered.logs === undefined) {
    registered.logs = loggers;
    undo.push(() => {
      if (registered.logs === loggers) delete registered.logs;
    });
  }
  if (globals[logsKey] === undefined) {
    const give = (version: number): LoggerProvider | undefined => (version === logsVersion ? loggers : undefined);
    globals[logsKey] = give;
    undo.push(() => {
      if (globals[logsKey] === give) delete globals[logsKey];
    });
  }
  return () => {
    for (const step of undo) step();
  };
}

/** Whether tracers of the API still lead to `provider`, and its contexts to `contexts`. */
export function areGlobalsOurs({ provider, contexts }: Pick<GlobalParts, "provider" | "contexts">): boolean {
  const current = trace.getTracerProvider();
  const behind: TracerProvider = current instanceof ProxyTracerProvider ? current.getDelegate() : current;
  if (behind !== provider) return false;
  const mark: Context = context.active().setValue(Symbol("ours"), true);
  return contexts.with(mark, () => context.active() === mark);
}

/**
 * The API of metrics has no proxy: what is counted through it leads to whoever is registered when a counter is made, and every copy of the API finds
 * him in the one global. A counter that was made before counts nothing, ever. That cannot be seen: it is a no-op that all share, those too who ask
 * for one on purpose, as the SDK does.
 */
function registerMeters({ place, meters, evictsMeters, diagnostics }: GlobalParts): () => void {
  if (meters === undefined) return () => {};
  if (evictsMeters) metrics.disable();
  if (!metrics.setGlobalMeterProvider(meters)) {
    if (place === "own") {
      diagnostics.warn(
        'another OpenTelemetry metrics provider was registered first: metrics recorded through @opentelemetry/api go to it. To change that, create Gossamer first, set register: "always", or take meters from telemetry.meterProvider',
        "GSM_API_METRICS",
      );
    }
    return () => {};
  }
  return () => metrics.disable();
}

function evict(diagnostics: Diagnostics): void {
  for (const { trace: api } of copies(() => {})) api.disable();
  context.disable();
  propagation.disable();
  metrics.disable();
  diagnostics.warn(
    'Gossamer replaced the OpenTelemetry provider that was registered first (register: "always"); tracers that its instrumentations have already stay with it',
    "GSM_API_EVICTED",
  );
}

function refusal(): string {
  const [own, registered] = [ownApiVersion() ?? "unknown", registeredApiVersion() ?? "unknown"];
  return `@opentelemetry/api is here twice: ${registered} was registered first and does not work with ${own}, which Gossamer has. Spans made through the API are lost: install one version`;
}

/** Our own copy, and those others have loaded. */
function copies(late: (copy: ApiCopy) => void): ApiCopy[] {
  const found = [requiredCopy(), importedCopy(late)];
  return [ownApi, ...found.filter((copy): copy is ApiCopy => isWhole(copy) && copy.trace !== trace)];
}

/** Whether all of a copy is there that is needed. Never throws: of a module that has not run yet, even asking may. */
function isWhole(copy: unknown): copy is ApiCopy {
  try {
    const { context: contexts, propagation: carriers, trace: api, ProxyTracerProvider: Proxy } = copy as ApiCopy;
    return (
      typeof api.getTracerProvider === "function" &&
      typeof contexts.active === "function" &&
      typeof carriers.inject === "function" &&
      typeof Proxy === "function"
    );
  } catch {
    return false;
  }
}

/** Runs a step in which each copy shows its own proxy, as it does while nothing is registered. */
function withoutProvider(step: () => void): void {
  const registered = (globalThis as Record<symbol, unknown>)[globalKey] as { trace?: unknown } | undefined;
  if (registered === undefined) return;
  const provider = registered.trace;
  delete registered.trace;
  try {
    step();
  } finally {
    registered.trace = provider;
  }
}

function isFree({ trace: api, ProxyTracerProvider: Proxy }: ApiCopy): boolean {
  const current = api.getTracerProvider();
  if (!(current instanceof Proxy)) return false;
  // A proxy that was given no provider answers with the module's one no-op provider.
  return current.getDelegate() === new Proxy().getDelegate();
}

/**
 * The copy of the API that `require` gives, if somebody has loaded it: then a tracer may have been taken through it. Whoever loads it later
 * finds the global provider. So does whoever is loading it now: while Node links an ES module that imports a CommonJS one, that is in the cache
 * already, and nothing of it has run.
 */
function requiredCopy(): ApiCopy | undefined {
  try {
    const require = builtin("node:module").createRequire(import.meta.url);
    // Finding out where it would be takes longer than seeing that it is nowhere.
    if (!Object.keys(require.cache).some((path) => path.includes("opentelemetry"))) return undefined;
    const exports: unknown = require.cache[require.resolve("@opentelemetry/api")]?.exports;
    return isWhole(exports) ? exports : undefined;
  } catch {
    // A bundle has no second copy to find: the one that was bundled in is the only one.
    return undefined;
  }
}
