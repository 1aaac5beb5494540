import {
  type Context,
  propagation,
  type TextMapPropagator,
  ROOT_CONTEXT,
  type SpanContext,
  type TextMapGetter,
  trace,
} from "@opentelemetry/api";
import { word32 } from "../../model/ids.ts";
import { readOtelState } from "../../sampling/threshold/tracestate.ts";
import { validTraceState } from "../../tracing/propagation/tracestate.ts";
import { parseTraceparent, type SpanWords } from "../../tracing/propagation/traceparent.ts";
import { traceStateText } from "../../tracing/propagation/trace-state.ts";

/** The caller's span, as its headers told it. */
export interface IncomingParent extends SpanWords {
  readonly traceState: string;
  readonly sampled: boolean;
  readonly remote: true;
  /** `th` of the tracestate. */
  readonly threshold: string | undefined;
  /** R, where the tracestate has `rv`. */
  readonly randomHigh: number | undefined;
  readonly randomLow: number | undefined;
  /** False: the caller is outside the trust boundary, and its trace is only linked to. */
  readonly trusted: boolean;
}

/** A request with the functions that read it. */
export interface ReadableRequest {
  /** A header as it was sent, whoever sent it. */
  sentHeader(name: string): string | undefined;
  /** Of the headers, in lower case. */
  readonly headerNames: readonly string[];
  readonly raw: unknown;
}

export interface IncomingContextSettings {
  /** W3C trace context is read from the headers directly, with nothing in between. */
  readonly traceContext: boolean;
  /** Everything else, by propagators of the API; undefined for none. */
  readonly propagator: TextMapPropagator | undefined;
  /** Whether that propagator may name a caller too, which baggage alone does not. */
  readonly foreignTrace?: boolean | undefined;
  /** Whether the baggage of a caller outside the trust boundary goes on. @default false */
  readonly untrustedBaggage?: boolean | undefined;
  readonly trust: boolean | ((request: unknown) => boolean);
  /** Told of a trust function or propagator of the user's that threw. */
  readonly failed: (place: string) => void;
}

/** Reads what a request says of its caller, when somebody needs it. */
export class IncomingContext {
  readonly #settings: IncomingContextSettings;

  constructor(settings: IncomingContextSettings) {
    this.#settings = settings;
  }

  /** The caller's span, if it told one that is valid. */
  parent(request: ReadableRequest): IncomingParent | undefined {
    const { traceContext, foreignTrace } = this.#settings;
    const header = traceContext ? request.sentHeader("traceparent") : undefined;
    const words = header === undefined ? undefined : parseTraceparent(header);
    if (words !== undefined) return this.#build(words, request.sentHeader("tracestate") ?? "", request);
    return foreignTrace === true || !traceContext ? this.#foreignParent(request) : undefined;
  }

  /** What the propagators make of the headers. The baggage of a caller who is not trusted is in it only if that was asked for. */
  context(request: ReadableRequest): Context {
    const { propagator, untrustedBaggage } = this.#settings;
    if (propagator === undefined) return ROOT_CONTEXT;
    const context = this.#extract(propagator, request);
    if (untrustedBaggage === true || propagation.getBaggage(context) === undefined || this.trusts(request))
      return context;
    return propagation.deleteBaggage(context);
  }

  /** What the propagators of somebody else's SDK make of the headers: nothing of a caller who is not trusted, but the baggage that was asked for. */
  contextBy(propagator: TextMapPropagator, request: ReadableRequest): Context {
    const isTrusted = this.trusts(request);
    if (!isTrusted && this.#settings.untrustedBaggage !== true) return ROOT_CONTEXT;
    const context = this.#extract(propagator, request);
    const baggage = propagation.getBaggage(context);
    if (isTrusted) return context;
    return baggage === undefined ? ROOT_CONTEXT : propagation.setBaggage(ROOT_CONTEXT, baggage);
  }

  /** Whether the caller is inside the trust boundary. */
  trusts(request: Pick<ReadableRequest, "raw">): boolean {
    const { trust, failed } = this.#settings;
    if (typeof trust === "boolean") return trust;
    try {
      return trust(request.raw) === true;
    } catch {
      failed("trustIncoming");
      return false;
    }
  }

  #foreignParent(request: ReadableRequest): IncomingParent | undefined {
    if (this.#settings.propagator === undefined) return undefined;
    const spanContext = trace.getSpanContext(this.#extract(this.#settings.propagator, request));
    if (spanContext === undefined || !trace.isSpanContextValid(spanContext)) return undefined;
    return this.#build(wordsOf(spanContext), traceStateText(spanContext.traceState), request);
  }

  #extract(propagator: TextMapPropagator, request: ReadableRequest): Context {
    try {
      return propagator.extract(ROOT_CONTEXT, request, headerGetter);
    } catch {
      this.#settings.failed("propagator");
      return ROOT_CONTEXT;
    }
  }

  #build(words: SpanWords, rawState: string, request: ReadableRequest): IncomingParent {
    const traceState = validTraceState(rawState);
    const state = readOtelState(traceState);
    return {
      ...words,
      traceState,
      sampled: (words.flags & 1) === 1,
      remote: true,
      threshold: state?.threshold,
      randomHigh: state?.randomHigh,
      randomLow: state?.randomLow,
      trusted: this.trusts(request),
    };
  }
}

/** For propagators of the API. */
const headerGetter: TextMapGetter<ReadableRequest> = {
  get: (request, key) => request.sentHeader(key.toLowerCase()),
  keys: (request) => [...request.headerNames],
};

function wordsOf({ traceId, spanId, traceFlags }: SpanContext): SpanWords {
  return {
    t0: word32(traceId, 0),
    t1: word32(traceId, 8),
    t2: word32(traceId, 16),
    t3: word32(traceId, 24),
    s0: word32(spanId, 0),
    s1: word32(spanId, 8),
    flags: traceFlags & 3,
  };
}
