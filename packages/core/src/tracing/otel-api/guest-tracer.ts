import {
  type Context,
  INVALID_SPAN_CONTEXT,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanOptions,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import { nameText } from "../../limits/name-text.ts";
import { limitedRecord, type LimitSettings } from "../../limits/span-limits.ts";
import { truncate } from "../../limits/truncate.ts";
import type { Tally } from "../../tally/tally.ts";
import { readableOptions } from "../span/readable-options.ts";
import type { EndingSpan } from "../span/run-in-span.ts";
import { unsampledStandIn } from "./unsampled-stand-in.ts";
import { withSpan } from "../context/with-span.ts";

export interface GuestTracerSettings {
  readonly limits: LimitSettings;
  /** Whether we begin spans at all. */
  readonly traces: boolean;
  /** The contexts that spans begin in. */
  readonly contexts: { active(): Context; with<T>(context: Context, fn: () => T): T };
  /** Counts, as `span-start`, what was given and cannot be used, and a tracer that throws. */
  readonly faults: Pick<Tally, "add">;
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
    try {
      return this.#start(name, options, context);
    } catch {
      this.#settings.faults.add("span-start");
      return this.#startAllTheSame(name, readableOptions(options), context);
    }
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
    const fn = rest.at(-1);
    const [options, given] = rest.slice(0, -1) as [SpanOptions?, Context?];
    const { contexts, faults } = this.#settings;
    if (typeof fn !== "function") {
      faults.add("span-start");
      return undefined as ReturnType<F>;
    }
    const context = given ?? contexts.active();
    const span = this.startSpan(name, options, context);
    return contexts.with(withSpan(context, span), () => fn(span) as ReturnType<F>);
  }

  #start(name: string, options: SpanOptions | undefined, context: Context): Span {
    return this.#unbegun(context) ?? this.#inner.startSpan(name, this.#limited(options), context);
  }

  /** Of what was given to it, takes what can be read: the span is not lost, and nothing is thrown at whoever asked for it. */
  #startAllTheSame(name: string, options: SpanOptions, given: Context): Span {
    for (const context of [given, this.#settings.contexts.active(), ROOT_CONTEXT]) {
      try {
        return this.#start(nameText(name), options, context);
      } catch {
        // It is the context then.
      }
    }
    return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
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
      ...(Array.isArray(links) ? { links: links.map((link) => this.#limitedLink(link)) } : undefined),
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
