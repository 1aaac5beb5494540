import type { ContextManager, Tracer, TracerOptions, TracerProvider } from "@opentelemetry/api";
import { scopeKey, scopeOf } from "../model/scope-of.ts";
import { EngineTracer } from "./tracer.ts";
import type { Tracing } from "./span/tracing.ts";

/** Libraries are few; names made per call are a mistake that must not grow. */
const maxTracers = 1_000;

/** Hands out one tracer a library (name, version and schema). */
export class EngineTracerProvider implements TracerProvider {
  readonly #tracing: Tracing;
  readonly #contexts: ContextManager;
  readonly #flush: () => Promise<unknown>;
  readonly #tracers = new Map<string, EngineTracer>();

  /** @param flush sends the spans that wait; settles in bounded time and never rejects. */
  constructor(tracing: Tracing, contexts: ContextManager, flush: () => Promise<unknown>) {
    this.#tracing = tracing;
    this.#contexts = contexts;
    this.#flush = flush;
  }

  /**
   * Sends the spans that have ended, as the SDK's providers do for whoever finds this method, such as OpenTelemetry's instrumentation of AWS Lambda.
   * Resolves when they have left or 5 s have passed, and never rejects: what was lost is counted.
   *
   * Source: https://opentelemetry.io/docs/specs/otel/trace/sdk/#forceflush
   */
  async forceFlush(): Promise<void> {
    await this.#flush();
  }

  getTracer(name: string, version?: string, options?: TracerOptions): Tracer {
    const scope = scopeOf(name, version, options);
    const key = scopeKey(scope);
    let tracer = this.#tracers.get(key);
    if (tracer === undefined) {
      tracer = new EngineTracer(this.#tracing, this.#contexts, scope);
      if (this.#tracers.size < maxTracers) this.#tracers.set(key, tracer);
    }
    return tracer;
  }
}
