import {
  type Context,
  type ContextManager,
  isSpanContextValid,
  type Span,
  type SpanContext,
  type SpanOptions,
  trace as traceApi,
  INVALID_SPAN_CONTEXT,
  type Tracer,
} from "@opentelemetry/api";
import type { Scope } from "../model/scope.ts";
import { spanKey, suppressTracingKey } from "./context-keys.ts";
import { openSpan } from "./open-span.ts";
import { startRoot } from "./start-root.ts";
import { TracedSpan } from "./trace-root.ts";
import type { Tracing } from "./tracing.ts";

const noOptions: SpanOptions = {};

/** Makes spans for one library. A child of a request or span that is not recorded is the one shared span of its trace that keeps nothing. */
export class EngineTracer implements Tracer {
  readonly #tracing: Tracing;
  readonly #contexts: ContextManager;
  readonly #scope: Scope;

  constructor(tracing: Tracing, contexts: ContextManager, scope: Scope) {
    this.#tracing = tracing;
    this.#contexts = contexts;
    this.#scope = scope;
  }

  startSpan(name: string, options: SpanOptions = noOptions, context: Context = this.#contexts.active()): Span {
    if (context.getValue(suppressTracingKey) === true) return traceApi.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const parent = options.root === true ? undefined : (context.getValue(spanKey) as Span | undefined);
    if (parent instanceof TracedSpan) return this.#startChild(name, options, parent);
    const parentContext = parent?.spanContext();
    return startRoot(this.#tracing, this.#scope, String(name), options, validContext(parentContext));
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]): ReturnType<F> {
    const fn = rest.at(-1) as F;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : noOptions;
    const context = (rest.length > 2 ? (rest[1] as Context | undefined) : undefined) ?? this.#contexts.active();
    const span = this.startSpan(name, options ?? noOptions, context);
    return this.#contexts.with(context.setValue(spanKey, span), () => fn(span) as ReturnType<F>);
  }

  #startChild(name: string, options: SpanOptions, parent: TracedSpan): Span {
    const { trace } = parent;
    const fate = trace.childFate();
    if (fate === "unsampled" || !trace.takePlace()) return trace.unsampledChild;
    return openSpan(this.#tracing, trace, this.#scope, String(name), options, parent, fate === "held");
  }
}

function validContext(spanContext: SpanContext | undefined): SpanContext | undefined {
  return spanContext !== undefined && isSpanContextValid(spanContext) ? spanContext : undefined;
}
