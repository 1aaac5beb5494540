import type { Context, Link, Span, SpanOptions, Tracer } from "@opentelemetry/api";
import { limitedRecord, type LimitSettings } from "../../limits/span-limits.ts";
import { truncate } from "../../limits/truncate.ts";
import type { EndingSpan } from "../span/run-in-span.ts";

/**
 * The tracer of somebody else's provider, whose spans begin with what is within our limits: filters and redaction hold for whatever is started
 * through us, whoever exports it.
 */
export class GuestTracer implements Tracer {
  readonly #inner: Tracer;
  readonly #limits: LimitSettings;

  constructor(inner: Tracer, limits: LimitSettings) {
    this.#inner = inner;
    this.#limits = limits;
  }

  startSpan(name: string, options?: SpanOptions, context?: Context): Span {
    return this.#inner.startSpan(name, this.#limited(options), context);
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
    const [options, context] = rest.slice(0, -1) as [SpanOptions?, Context?];
    const limited = this.#limited(options) ?? {};
    return context === undefined
      ? this.#inner.startActiveSpan(name, limited, fn)
      : this.#inner.startActiveSpan(name, limited, context, fn);
  }

  #limited(options: SpanOptions | undefined): SpanOptions | undefined {
    if (options?.attributes === undefined && options?.links === undefined) return options;
    const { attributes, links, ...others } = options;
    return {
      ...others,
      ...(attributes === undefined ? undefined : { attributes: limitedRecord(attributes, this.#limits) }),
      ...(links === undefined ? undefined : { links: links.map((link) => this.#limitedLink(link)) }),
    };
  }

  #limitedLink(link: Link): Link {
    if (link.attributes === undefined) return link;
    return { ...link, attributes: limitedRecord(link.attributes, this.#limits, this.#limits.linkAttributes) };
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
