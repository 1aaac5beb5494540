import {
  type Context,
  INVALID_SPAN_CONTEXT,
  type Link,
  type Span,
  type SpanOptions,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { limitedRecord, type LimitSettings } from "../../limits/span-limits.ts";
import { truncate } from "../../limits/truncate.ts";
import type { EndingSpan } from "../span/run-in-span.ts";
import { unsampledStandIn } from "../span/unsampled-stand-in.ts";

export interface GuestTracerSettings {
  readonly limits: LimitSettings;
  /** Whether we begin spans at all. */
  readonly traces: boolean;
  /** The contexts that spans begin in. */
  readonly contexts: { active(): Context; with<T>(context: Context, fn: () => T): T };
  /** Whether what runs in a context is of a request that is not traced. */
  readonly isUntraced: (context: Context) => boolean;
}

/**
 * The tracer of somebody else's provider, whose spans begin with what is within our limits: filters and redaction hold for whatever is started
 * through us, whoever exports it. What we do not trace begins no span.
 */
export class GuestTracer implements Tracer {
  readonly #inner: Tracer;
  readonly #settings: GuestTracerSettings;

  constructor(inner: Tracer, settings: GuestTracerSettings) {
    this.#inner = inner;
    this.#settings = settings;
  }

  startSpan(name: string, options?: SpanOptions, context: Context = this.#settings.contexts.active()): Span {
    return this.#unbegun(context) ?? this.#inner.startSpan(name, this.#limited(options), context);
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(name: string, options: SpanOptions, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    context: Context,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: readonly unknown[]): ReturnType<F> {
    const fn = rest.at(-1) as F;
    const [options, given] = rest.slice(0, -1) as [SpanOptions?, Context?];
    const { contexts } = this.#settings;
    const context = given ?? contexts.active();
    const span = this.startSpan(name, options, context);
    return contexts.with(trace.setSpan(context, span), () => fn(span) as ReturnType<F>);
  }

  /** What stands for a span that we do not begin; undefined where we do. */
  #unbegun(context: Context): Span | undefined {
    const { traces, isUntraced } = this.#settings;
    if (traces && !isUntraced(context)) return undefined;
    const above = trace.getSpanContext(context) ?? INVALID_SPAN_CONTEXT;
    // Without traces of ours the other provider's are as they would be without us.
    return traces ? unsampledStandIn(above) : trace.wrapSpanContext(above);
  }

  #limited(options: SpanOptions | undefined): SpanOptions | undefined {
    if (options?.attributes === undefined && options?.links === undefined) return options;
    const { limits } = this.#settings;
    const { attributes, links, ...others } = options;
    return {
      ...others,
      ...(attributes === undefined ? undefined : { attributes: limitedRecord(attributes, limits) }),
      ...(links === undefined ? undefined : { links: links.map((link) => this.#limitedLink(link)) }),
    };
  }

  #limitedLink(link: Link): Link {
    if (link.attributes === undefined) return link;
    const { limits } = this.#settings;
    return { ...link, attributes: limitedRecord(link.attributes, limits, limits.linkAttributes) };
  }
}

/** Ends a span of somebody else's with what is within our limits. */
export function limitedEnding(span: Span, limits: LimitSettings): EndingSpan {
  const ending: EndingSpan = {
    isRecording: () => span.isRecording(),
    setAttribute(key, value) {
      span.setAttributes(limitedRecord({ [key]: value }, limits));
      return span;
    },
    setStatus({ code, message = "" }) {
      return span.setStatus({ code, message: truncate(message, limits.valueLength, limits.truncateMarker) });
    },
    end: (time) => span.end(time),
  };
  return ending;
}
