import {
  type Context,
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
  header(name: string): string | undefined;
  readonly raw: unknown;
}

export interface IncomingContextSettings {
  /** W3C trace context is read from the headers directly, with nothing in between. */
  readonly traceContext: boolean;
  /** Everything else, by propagators of the API; undefined for none. */
  readonly propagator: TextMapPropagator | undefined;
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
    if (!this.#settings.traceContext) return this.#foreignParent(request);
    const header = request.header("traceparent");
    if (header === undefined) return undefined;
    const words = parseTraceparent(header);
    return words === undefined ? undefined : this.#build(words, request.header("tracestate") ?? "", request);
  }

  /** What the propagators make of the headers. */
  context(request: ReadableRequest): Context {
    const { propagator, failed } = this.#settings;
    if (propagator === undefined) return ROOT_CONTEXT;
    try {
      return propagator.extract(ROOT_CONTEXT, request, headerGetter);
    } catch {
      failed("propagator");
      return ROOT_CONTEXT;
    }
  }

  /** Whether the caller is inside the trust boundary. */
  trusts(request: ReadableRequest): boolean {
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
    const spanContext = trace.getSpanContext(this.context(request));
    if (spanContext === undefined || !trace.isSpanContextValid(spanContext)) return undefined;
    return this.#build(wordsOf(spanContext), spanContext.traceState?.serialize() ?? "", request);
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
export const headerGetter: TextMapGetter<ReadableRequest> = {
  get: (request, key) => request.header(key.toLowerCase()),
  keys: () => [],
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
