import type { SpanContext } from "@opentelemetry/api";
import type { TracedSpan } from "../trace-root.ts";
import { UnsampledSpan } from "./unsampled-span.ts";

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
}
