import type { AsyncLocalStorage } from "node:async_hooks";
import {
  type Context,
  type MeterProvider,
  propagation,
  ProxyTracerProvider,
  type TextMapPropagator,
  trace,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import type { IncomingContext } from "../../exchange/incoming/incoming-context.ts";
import type { RunsContexts } from "../../exchange/incoming/joined-span.ts";
import { Surroundings, type SurroundingsSettings } from "../../exchange/incoming/surroundings.ts";
import type { LimitSettings } from "../../limits/span-limits.ts";
import type { ApiLoggerProvider } from "../../logging/logger-provider.ts";
import { builtin } from "../../model/builtin.ts";
import type { Diagnostics } from "../../model/diagnostics.ts";
import type { Settings } from "../../options/settle/settings.ts";
import type { Tally } from "../../tally/tally.ts";
import { AsyncContextManager } from "../../tracing/context/async-context-manager.ts";
import { watchForLateSdk } from "../../tracing/otel-api/late-sdk.ts";
import {
  type ApiPlace,
  apiPlace,
  areGlobalsOurs,
  registerGlobals,
  registerLoggers,
} from "../../tracing/otel-api/register-globals.ts";
import { EngineTracerProvider } from "../../tracing/tracer-provider.ts";
import type { Tracing } from "../../tracing/span/tracing.ts";
import { activeApiContext, apiContexts } from "./api-contexts.ts";

/** A provider that may be asked to send what has ended, as the SDK's providers may. */
export interface FlushingTracerProvider extends TracerProvider {
  /**
   * Sends the spans that have ended, and leaves the metrics to their interval. Resolves when they have left or 5 s have passed, and never rejects:
   * what was lost is counted. Missing where the provider is not ours: beside an SDK that was there first, and where telemetry is switched off.
   *
   * Source: https://opentelemetry.io/docs/specs/otel/trace/sdk/#forceflush
   */
  forceFlush?(): Promise<void>;
}

/** What stands behind the API. */
export interface RegisteredParts {
  readonly provider: FlushingTracerProvider;
  /** Undefined where nothing is measured. */
  readonly meters: MeterProvider | undefined;
  readonly propagator: TextMapPropagator;
}

export interface SurroundingsParts {
  /** Of the provider that `provider` gave. */
  readonly tracer: Tracer;
  readonly incoming: IncomingContext;
  readonly limits: LimitSettings;
  readonly traces: boolean;
  readonly errorTypeOf: SurroundingsSettings["errorTypeOf"];
  readonly terms: SurroundingsSettings["terms"];
  readonly failed: (place: string) => void;
}

/**
 * How the engine stands to `@opentelemetry/api`: its place there, the contexts and the provider that follow from it, and the one line when another
 * SDK comes after it.
 */
export class ApiStanding {
  readonly place: ApiPlace;
  /** Where our own contexts are. */
  readonly storage: AsyncLocalStorage<Context> = new (builtin("node:async_hooks").AsyncLocalStorage)<Context>();
  /** Ours, or those of the provider we are a guest of. */
  readonly contexts: RunsContexts;
  readonly #enabled: boolean;
  readonly #evictsMeters: boolean;
  readonly #diagnostics: Diagnostics;
  readonly #ownContexts: AsyncContextManager;
  #isTaken = false;
  #isTold: boolean;

  constructor(
    { enabled, register }: Pick<Settings, "enabled" | "register">,
    diagnostics: Diagnostics,
    faults: Pick<Tally, "add">,
  ) {
    this.#ownContexts = new AsyncContextManager(this.storage, () => faults.add("context"));
    this.#enabled = enabled;
    this.#evictsMeters = register === "always";
    this.#diagnostics = diagnostics;
    this.place = enabled ? apiPlace(register) : "own";
    this.contexts = this.place === "guest" ? apiContexts : this.#ownContexts;
    // Whoever was pushed aside has been told of already.
    this.#isTold = register === "always";
  }

  /** Whether another SDK may take from us, after the start, what is ours. */
  get canBeTaken(): boolean {
    return this.#enabled && this.place === "own";
  }

  /** The provider that spans are made by. @param flush as `EngineTracerProvider` wants it. */
  provider(tracing: Tracing, flush: () => Promise<unknown>): FlushingTracerProvider {
    // Switched off there are no ids either: a proxy that nothing stands behind makes spans that are none.
    if (!this.#enabled) return new ProxyTracerProvider();
    return this.place === "guest"
      ? trace.getTracerProvider()
      : new EngineTracerProvider(tracing, this.#ownContexts, flush);
  }

  /** What a request that begins looks at; undefined where there is nothing to find. */
  surroundings({ tracer, incoming, ...parts }: SurroundingsParts): Surroundings | undefined {
    if (!this.#enabled) return undefined;
    const own = this.place === "own";
    return new Surroundings({
      active: () => (own && !this.#isTaken ? this.storage.getStore() : activeApiContext()),
      ...parts,
      contexts: this.contexts,
      foreign:
        this.place === "guest"
          ? {
              tracer,
              extract: (request) => incoming.contextBy(propagatorOfApi, request),
            }
          : undefined,
      metStranger: own ? () => this.#tellLateSdk() : undefined,
    });
  }

  /** Takes the place. Answers what gives it back. */
  register(parts: RegisteredParts): () => void {
    const { place } = this;
    const undo = [
      registerGlobals({
        ...parts,
        place,
        evictsMeters: this.#evictsMeters,
        contexts: this.#ownContexts,
        diagnostics: this.#diagnostics,
      }),
    ];
    if (place === "own") undo.push(watchForLateSdk(() => this.#tellLateSdk()));
    return () => {
      for (const step of undo) step();
    };
  }

  /** Has `logs` of the API lead to the provider, where that is free. Answers what gives it back. */
  registerLoggers(loggers: ApiLoggerProvider): () => void {
    return this.place === "apart" ? () => {} : registerLoggers(loggers);
  }

  /** Looks whether the place is still ours, once all has been set up that was going to be. */
  look(provider: FlushingTracerProvider): void {
    if (areGlobalsOurs({ provider, contexts: this.#ownContexts })) return;
    this.#isTaken = true;
    this.#tellLateSdk();
  }

  /** Lets go of every context that is active. */
  disable(): void {
    this.#ownContexts.disable();
  }

  #tellLateSdk(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#diagnostics.warn(
      'an OpenTelemetry SDK was started after Gossamer: two providers share this process, and each sees only a part. Start the SDK first, or pass its exporters to Gossamer (spanExporters), or set register: "never"',
      "GSM_API_LATE_SDK",
    );
  }
}

/** Whatever stands behind the API by then. */
const propagatorOfApi: TextMapPropagator = {
  inject: (context, carrier, setter) => propagation.inject(context, carrier, setter),
  extract: (context, carrier, getter) => propagation.extract(context, carrier, getter),
  fields: () => propagation.fields(),
};
