import type { SpanContext } from "@opentelemetry/api";
import { spanIdText } from "../../model/ids.ts";
import type { RandomPool } from "../../model/random.ts";
import type { SharedSpan } from "../propagation/propagator.ts";
import { lazySpanContext } from "./span-context-of.ts";
import { type TraceRoot, TracedSpan } from "./trace-root.ts";

/** Stands for every child that is not recorded: it carries the ids of its trace on, and keeps nothing. */
export class UnsampledSpan extends TracedSpan implements SharedSpan {
  readonly trace: TraceRoot;
  readonly s0: number;
  readonly s1: number;
  readonly depth = 0;
  readonly fate = "lost";
  #spanContext: SpanContext | undefined;

  constructor(trace: TraceRoot, s0: number, s1: number) {
    super();
    this.trace = trace;
    this.s0 = s0;
    this.s1 = s1;
  }

  spanContext(): SpanContext {
    return (this.#spanContext ??= lazySpanContext(this.trace, this.s0, this.s1));
  }

  /**
   * As one outgoing message tells it: with a span id of its own, so that calls are told apart though one object stands for all of them. Made only where
   * something is sent.
   *
   * Source: https://www.w3.org/TR/trace-context-2/#parent-id
   */
  sentContext(random: RandomPool): SpanContext {
    const { traceId, traceFlags, traceState } = this.spanContext();
    const spanId = spanIdText(random.take(), random.take() || 1);
    return traceState === undefined ? { traceId, spanId, traceFlags } : { traceId, spanId, traceFlags, traceState };
  }

  setAttribute(): this {
    return this;
  }
  setAttributes(): this {
    return this;
  }
  addEvent(): this {
    return this;
  }
  addLink(): this {
    return this;
  }
  addLinks(): this {
    return this;
  }
  setStatus(): this {
    return this;
  }
  updateName(): this {
    return this;
  }
  end(): void {}
  isRecording(): boolean {
    return false;
  }
  recordException(): void {}
}

/**
 * Stands for a span that its tier left out of a trace that is sampled. It keeps nothing, and has the ids of the recorded span above it: what is
 * called from it hangs there, so that no span of the trace is without its parent.
 */
export class SkippedSpan extends UnsampledSpan {
  readonly #above: TracedSpan;

  constructor(above: TracedSpan) {
    super(above.trace, above.s0, above.s1);
    this.#above = above;
  }

  override spanContext(): SpanContext {
    return this.#above.spanContext();
  }

  override sentContext(): SpanContext {
    return this.#above.spanContext();
  }
}
