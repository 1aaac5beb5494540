import { type Context, isSpanContextValid, type Span } from "@opentelemetry/api";
import type { ExemplarSpan, FindExemplarSpan, SpanFate } from "../../model/exemplar-span.ts";
import { spanWords } from "../../model/ids.ts";
import { spanKey } from "../../tracing/context/context-keys.ts";
import { TracedSpan } from "../../tracing/span/trace-root.ts";

/** Finds the span in which a value is counted: ours, or of the provider that we are a guest of. */
export function findExemplarSpan(active: () => Context | undefined): FindExemplarSpan {
  return (context) => {
    try {
      const span = (context ?? active())?.getValue(spanKey) as Span | undefined;
      if (span === undefined) return undefined;
      return span instanceof TracedSpan ? new OwnSpan(span) : foreignSpan(span);
    } catch {
      // A context or span of somebody else's.
      return undefined;
    }
  };
}

class OwnSpan implements ExemplarSpan {
  readonly #span: TracedSpan;

  constructor(span: TracedSpan) {
    this.#span = span;
  }

  get t0(): number {
    return this.#span.trace.t0;
  }
  get t1(): number {
    return this.#span.trace.t1;
  }
  get t2(): number {
    return this.#span.trace.t2;
  }
  get t3(): number {
    return this.#span.trace.t3;
  }
  get s0(): number {
    return this.#span.s0;
  }
  get s1(): number {
    return this.#span.s1;
  }
  get fate(): SpanFate {
    return this.#span.fate;
  }

  whenWritten(tell: () => void): void {
    this.#span.trace.whenWritten(tell);
  }
}

function foreignSpan(span: Span): ExemplarSpan | undefined {
  const { traceId, spanId, traceFlags } = span.spanContext();
  if (!isSpanContextValid({ traceId, spanId, traceFlags })) return undefined;
  return {
    ...spanWords({ traceId, spanId }),
    fate: span.isRecording() && (traceFlags & 1) === 1 ? "written" : "lost",
    whenWritten() {},
  };
}
