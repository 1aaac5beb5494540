import { type Context, ROOT_CONTEXT, type Span, SpanKind, TraceFlags, type Tracer } from "@opentelemetry/api";
import type { LimitSettings } from "../../limits/span-limits.ts";
import type { FoundSpan, RequestReader } from "../../model/request-reader.ts";
import { type AttributeList, attributeRecord } from "../../model/attributes.ts";
import { rpcMetadataKey, spanKey } from "../../tracing/context/context-keys.ts";
import { TracedSpan } from "../../tracing/span/trace-root.ts";
import type { ReadableRequest } from "./incoming-context.ts";
import { JoinedSpan, type JoiningRequest, OwnRpcMetadata, type RpcMetadata, type RunsContexts } from "./joined-span.ts";

/** Under this key the context of a joined request has its exchange. */
export const exchangeKey: symbol = Symbol("gossamer exchange");

/** A request that begins. */
export interface BeginningRequest extends ReadableRequest, JoiningRequest {
  readonly firstAttributes: AttributeList;
}

/** Somebody else's provider, when spans go through it. */
export interface ForeignProvider {
  readonly tracer: Tracer;
  /** What the caller said of himself, by the propagators of that provider. */
  readonly extract: (request: ReadableRequest) => Context;
}

export interface SurroundingsSettings {
  /** The context a request begins in; undefined for none. */
  readonly active: () => Context | undefined;
  readonly contexts: RunsContexts;
  /** For what we put on spans of others. */
  readonly limits: LimitSettings;
  /** Undefined where the engine makes the spans of requests. */
  readonly foreign: ForeignProvider | undefined;
  /** Told of a server span that is of another SDK, where the engine should be the only one. */
  readonly metStranger?: (() => void) | undefined;
  readonly failed: (place: string) => void;
}

/** Looks, as a request begins, for the server span that it may have already. */
export class Surroundings {
  readonly #settings: SurroundingsSettings;
  /** The spans that are some request's already: a request made within it (`inject()` in a handler) has one of its own. */
  readonly #joined = new WeakSet<Span>();

  constructor(settings: SurroundingsSettings) {
    this.#settings = settings;
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
    if (!(span instanceof TracedSpan)) this.#settings.metStranger?.();
    this.#joined.add(span);
    const { contexts, limits } = this.#settings;
    const isFound = activeSpan === undefined;
    // What runs later in the context of whoever keeps a span on the request is found to be of the request too.
    const around = found?.context ?? (isFound ? active.setValue(spanKey, span) : active);
    const context = around.setValue(exchangeKey, request);
    found?.keep?.(context);
    const joined = new JoinedSpan({ span, context, contexts, metadata, isOurs: false, isFound, limits });
    if (metadata !== undefined) joined.tellRouteTo(metadata, request);
    else if (isFound) joined.tellBeforeEnd(request);
    return joined;
  }

  /** Like instrumentation-http, from the root: the context of a bootstrap is nobody's parent. */
  #begin(request: BeginningRequest): JoinedSpan | undefined {
    const { contexts, foreign, limits } = this.#settings;
    if (foreign === undefined) return undefined;
    const parent = foreign.extract(request);
    const attributes = attributeRecord(request.firstAttributes);
    const span = foreign.tracer.startSpan(request.name, { kind: SpanKind.SERVER, attributes }, parent);
    this.#joined.add(span);
    const context = parent
      .setValue(spanKey, span)
      .setValue(exchangeKey, request)
      .setValue(rpcMetadataKey, new OwnRpcMetadata(span));
    return new JoinedSpan({ span, context, contexts, metadata: undefined, isOurs: true, limits });
  }
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
