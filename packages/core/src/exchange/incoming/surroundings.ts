import {
  type Context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  TraceFlags,
  trace,
  type Tracer,
} from "@opentelemetry/api";
import type { LimitSettings } from "../../limits/span-limits.ts";
import type { FoundSpan, RequestReader } from "../../model/request/request-reader.ts";
import { type AttributeList, attributeRecord } from "../../model/attributes.ts";
import { spanIdText, type TraceWords, traceIdText } from "../../model/ids.ts";
import { rpcMetadataKey, spanKey } from "../../tracing/context/context-keys.ts";
import { LocalTrace } from "../../tracing/local-trace.ts";
import { TracedSpan } from "../../tracing/span/trace-root.ts";
import { unsampledStandIn } from "../../tracing/otel-api/unsampled-stand-in.ts";
import type { ReadableRequest } from "./incoming-context.ts";
import {
  type JoinedRequest,
  JoinedSpan,
  type JoinedSpanSettings,
  type JoinedTerms,
  OwnRpcMetadata,
  type RpcMetadata,
  type RunsContexts,
} from "./joined-span.ts";

/** Under this key the context of a joined request has its exchange. */
export const exchangeKey: symbol = Symbol("gossamer exchange");

/** A request that begins. */
export interface BeginningRequest extends ReadableRequest, JoinedRequest, TraceWords {
  readonly s0: number;
  readonly s1: number;
  readonly firstAttributes: AttributeList;
}

/** Somebody else's provider, when spans go through it. */
export interface ForeignProvider {
  readonly tracer: Tracer;
  /** What the caller said of himself, by the propagators of that provider. */
  readonly extract: (request: ReadableRequest) => Context;
}

export interface SurroundingsSettings {
  /** Whether we begin spans at all. */
  readonly traces: boolean;
  /** The context a request begins in; undefined for none. */
  readonly active: () => Context | undefined;
  readonly contexts: RunsContexts;
  /** For what we put on spans of others. */
  readonly limits: LimitSettings;
  /** Undefined where the engine makes the spans of requests. */
  readonly foreign: ForeignProvider | undefined;
  readonly errorTypeOf: JoinedSpanSettings["errorTypeOf"];
  /** What route and rules say of a request, as far as that is known. */
  readonly terms: (request: JoinedRequest) => JoinedTerms;
  /** Told of a server span that is of another SDK, where the engine should be the only one. */
  readonly metStranger?: (() => void) | undefined;
  readonly failed: (place: string) => void;
}

/** Looks, as a request begins, for the server span that it may have already. */
export class Surroundings {
  readonly #settings: SurroundingsSettings;
  /** The spans that are some request's already: a request made within it (`inject()` in a handler) has one of its own. */
  readonly #joined: WeakSet<Span>;
  readonly #isOutside: boolean;

  constructor(settings: SurroundingsSettings, isOutside = false, joined: WeakSet<Span> = new WeakSet()) {
    this.#settings = settings;
    this.#isOutside = isOutside;
    this.#joined = joined;
  }

  /** The same for requests of which there are no traces, whoever calls: those outside of a rollout. */
  outside(): Surroundings {
    return new Surroundings(this.#settings, true, this.#joined);
  }

  /**
   * The span to join; undefined where the exchange makes its own. Never throws.
   *
   * A span that is active goes before one that lies on the request.
   */
  join(request: BeginningRequest, reader: Pick<RequestReader<unknown>, "foundSpan">): JoinedSpan | undefined {
    const active = this.#settings.active();
    try {
      const found = reader.foundSpan?.(request.raw);
      if (active === undefined && found === undefined && this.#settings.foreign === undefined) return undefined;
      return this.#existing(active ?? ROOT_CONTEXT, request, found) ?? this.#begin(request);
    } catch {
      this.#settings.failed("join");
      return undefined;
    }
  }

  #existing(active: Context, request: BeginningRequest, found: FoundSpan | undefined): JoinedSpan | undefined {
    const metadata = foreignMetadata(active);
    const activeSpan = metadata?.span ?? serverSpanIn(active);
    const span = activeSpan ?? requestSpan(found?.span);
    if (span === undefined || isOver(span) || this.#joined.has(span)) return undefined;
    this.#joined.add(span);
    const isFound = activeSpan === undefined;
    if (!(span instanceof TracedSpan)) this.#settings.metStranger?.();
    // What runs later in the context of whoever keeps a span on the request is found to be of the request too.
    const around = found?.context ?? (isFound ? active.setValue(spanKey, span) : active);
    const context = around.setValue(exchangeKey, request);
    found?.keep?.(context);
    const local = span instanceof TracedSpan && span.trace instanceof LocalTrace ? span.trace : undefined;
    const isExportedByUs = local !== undefined;
    const joined = new JoinedSpan({
      ...this.#shared(request),
      span,
      context,
      metadata,
      isOurs: false,
      isFound,
      isExportedByUs,
    });
    local?.serve(joined);
    return joined;
  }

  /** Like instrumentation-http, from the root: the context of a bootstrap is nobody's parent. */
  #begin(request: BeginningRequest): JoinedSpan | undefined {
    const { foreign, traces, terms } = this.#settings;
    if (foreign === undefined) return undefined;
    const parent = foreign.extract(request);
    const begins = traces && !this.#isOutside && !terms(request).isUntraced;
    const span = begins ? start(foreign, request, parent) : unbegun(request, parent);
    this.#joined.add(span);
    // Without traces of ours, those of the other provider are as they would be without us.
    const around = traces ? parent.setValue(spanKey, span).setValue(rpcMetadataKey, new OwnRpcMetadata(span)) : parent;
    const shared = this.#shared(request);
    const context = around.setValue(exchangeKey, request);
    return new JoinedSpan({ ...shared, span, context, metadata: undefined, isOurs: true, isExportedByUs: false });
  }

  #shared(
    request: BeginningRequest,
  ): Pick<JoinedSpanSettings, "contexts" | "limits" | "isOutside" | "errorTypeOf" | "terms"> {
    const { contexts, limits, errorTypeOf, terms } = this.#settings;
    return { contexts, limits, errorTypeOf, isOutside: this.#isOutside, terms: () => terms(request) };
  }
}

function start({ tracer }: ForeignProvider, request: BeginningRequest, parent: Context): Span {
  const attributes = attributeRecord(request.firstAttributes);
  return tracer.startSpan(request.name, { kind: SpanKind.SERVER, attributes }, parent);
}

/** Stands for a request of which no span is begun: in the caller's trace, where it told one. */
function unbegun(request: BeginningRequest, parent: Context): Span {
  const caller = trace.getSpanContext(parent);
  const spanId = spanIdText(request.s0, request.s1);
  const traceFlags = TraceFlags.NONE;
  return unsampledStandIn(
    caller !== undefined && isSpanContextValid(caller)
      ? { ...caller, spanId, isRemote: false }
      : { traceId: traceIdText(request), spanId, traceFlags },
  );
}

/** Ours says that a request around this one has its span. */
function foreignMetadata(context: Context): RpcMetadata | undefined {
  const metadata = context.getValue(rpcMetadataKey) as RpcMetadata | undefined;
  return metadata instanceof OwnRpcMetadata ? undefined : metadata;
}

/** What lies on a request under the name of a span may be anything. One that is not sampled does not tell its kind. */
function requestSpan(value: unknown): Span | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const span = value as Partial<Span> & { readonly kind?: unknown };
  if (typeof span.spanContext !== "function" || typeof span.isRecording !== "function") return undefined;
  return span.kind === SpanKind.SERVER || !span.isRecording() ? (span as Span) : undefined;
}

function serverSpanIn(context: Context): Span | undefined {
  const span = context.getValue(spanKey) as (Span & { readonly kind?: unknown }) | undefined;
  return span?.kind === SpanKind.SERVER && span.isRecording() ? span : undefined;
}

/** One that was recorded and has ended belongs to a request long over, in whose context a server was started. */
function isOver(span: Span): boolean {
  return !span.isRecording() && (span.spanContext().traceFlags & TraceFlags.SAMPLED) === TraceFlags.SAMPLED;
}
