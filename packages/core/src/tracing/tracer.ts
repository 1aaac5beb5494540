import {
  type Context,
  type ContextManager,
  isSpanContextValid,
  type Span,
  type SpanContext,
  type SpanOptions,
  trace as traceApi,
  INVALID_SPAN_CONTEXT,
  ROOT_CONTEXT,
  type Tracer,
} from "@opentelemetry/api";
import { nameText } from "../limits/name-text.ts";
import type { Scope } from "../model/scope.ts";
import { spanKey, suppressTracingKey } from "./context/context-keys.ts";
import { LocalTrace } from "./local-trace.ts";
import { readableOptions } from "./span/readable-options.ts";
import { RecordedSpan } from "./span/recorded-span.ts";
import { SkippedSpan, UnsampledSpan } from "./span/unsampled-span.ts";
import { TracedSpan } from "./span/trace-root.ts";
import type { Tracing } from "./span/tracing.ts";
import { withSpan } from "./context/with-span.ts";

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

  startSpan(name: string, options?: SpanOptions, context: Context = this.#contexts.active()): Span {
    try {
      return this.#start(name, options ?? noOptions, context);
    } catch {
      this.#tracing.faults.add("span-start");
      return this.#startAllTheSame(name, readableOptions(options), context);
    }
  }

  #start(name: string, options: SpanOptions, context: Context): Span {
    if (context === ROOT_CONTEXT) return this.#startRoot(name, options, undefined, context);
    if (context.getValue(suppressTracingKey) === true) return traceApi.wrapSpanContext(INVALID_SPAN_CONTEXT);
    const parent = options.root === true ? undefined : (context.getValue(spanKey) as Span | undefined);
    if (parent instanceof TracedSpan) return this.#startChild(name, options, parent, context);
    return this.#startRoot(name, options, validContext(parent), context);
  }

  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    ...rest: [F] | [SpanOptions, F] | [SpanOptions, Context, F]
  ): ReturnType<F> {
    const fn = rest.at(-1);
    if (typeof fn !== "function") {
      this.#tracing.faults.add("span-start");
      return undefined as ReturnType<F>;
    }
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : noOptions;
    const context = (rest.length > 2 ? (rest[1] as Context | undefined) : undefined) ?? this.#contexts.active();
    const span = this.startSpan(name, options, context);
    return this.#contexts.with(withSpan(context, span), () => fn(span) as ReturnType<F>);
  }

  /** Of what was given to it, takes what can be read: the span is not lost, and nothing is thrown at whoever asked for it. */
  #startAllTheSame(name: string, options: SpanOptions, given: Context): Span {
    for (const context of [given, this.#contexts.active(), ROOT_CONTEXT]) {
      try {
        return this.#start(name, options, context);
      } catch {
        // It is the context then.
      }
    }
    return traceApi.wrapSpanContext(INVALID_SPAN_CONTEXT);
  }

  #startChild(name: string, options: SpanOptions, parent: TracedSpan, context: Context): Span {
    // What is below a span that is not recorded has nothing to hang on.
    if (parent instanceof UnsampledSpan) return parent;
    const { trace } = parent;
    const fate = trace.childFate();
    if (fate === "unsampled") return trace.unsampledChild;
    const depth = parent.depth + 1;
    const { tiers } = this.#tracing;
    const decision =
      tiers === undefined || fate === "held" ? undefined : tiers.decideChild(trace.decision, trace, depth);
    if (decision?.sampled === false) return new SkippedSpan(parent);
    if (!trace.takePlace(fate === "held")) {
      this.#tracing.dropped?.(trace);
      return trace.unsampledChild;
    }
    const span = new RecordedSpan(this.#tracing, trace, {
      name: nameText(name),
      scope: this.#scope,
      options,
      p0: parent.s0,
      p1: parent.s1,
      parentIsRemote: false,
      held: fate === "held",
      depth,
      decision,
    });
    if (fate === "recorded") this.#tellStart(span, context);
    return span;
  }

  #startRoot(name: string, options: SpanOptions, parent: SpanContext | undefined, context: Context): Span {
    const trace = new LocalTrace(this.#tracing, nameText(name), options, parent);
    if (!trace.sampled) return trace.unsampledChild;
    const { p0, p1, parentIsRemote } = trace;
    const span = new RecordedSpan(this.#tracing, trace, {
      name: trace.name,
      scope: this.#scope,
      options,
      p0,
      p1,
      parentIsRemote,
      held: false,
      depth: 0,
    });
    this.#tellStart(span, context);
    return span;
  }

  #tellStart(span: RecordedSpan, parentContext: Context): void {
    this.#tracing.starts?.started({ key: span, span, read: () => span, parentContext });
  }
}

/** What somebody's span says of itself, if it is one. */
function validContext(parent: Span | undefined): SpanContext | undefined {
  if (parent === undefined) return undefined;
  try {
    const spanContext = parent.spanContext();
    return isSpanContextValid(spanContext) ? spanContext : undefined;
  } catch {
    return undefined;
  }
}
