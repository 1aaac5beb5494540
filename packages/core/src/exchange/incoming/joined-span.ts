import type { EventEmitter } from "node:events";
import {
  type Attributes,
  type Context,
  type Span,
  SpanStatusCode,
  type TimeInput,
  TraceFlags,
} from "@opentelemetry/api";
import { type LimitSettings, limitedRecord } from "../../limits/span-limits.ts";
import { truncate } from "../../limits/truncate.ts";
import { type AttributeList, attributeRecord } from "../../model/attributes.ts";
import type { Route } from "../../model/route.ts";
import type { RuleFacts } from "../../sampling/rules/rule-set.ts";
import { spanKey } from "../../tracing/context/context-keys.ts";
import { errorMessageOf, exceptionAttributes } from "../../model/foreign/exception-attributes.ts";
import { unsampledStandIn } from "../../tracing/otel-api/unsampled-stand-in.ts";

/** What instrumentation-http keeps of a request in the context, and reads the route from at the end. */
export interface RpcMetadata {
  readonly span: Span;
  route?: string | undefined;
}

/** Tells other instrumentations that a request has its server span, in the words of instrumentation-http: theirs are spans within it. */
export class OwnRpcMetadata implements RpcMetadata {
  readonly type = "http";
  readonly span: Span;
  /** Written by others; we ask the framework. */
  route: string | undefined = undefined;

  constructor(span: Span) {
    this.span = span;
  }
}

/** A request whose span is somebody else's: the exchange itself. */
export interface JoinedRequest extends RuleFacts {
  readonly name: string;
  readonly methodIndex: number;
  /** The span of the caller, if it is trusted: its decision is followed. */
  readonly parent: unknown;
}

/** What route and rules say of a request whose span is somebody else's. */
export interface JoinedTerms {
  readonly route: Route | undefined;
  readonly name: string;
  /** Whether route or rule have given it that name. */
  readonly isNamed: boolean;
  /** Of the rule. The route's own come with it. */
  readonly attributes: Attributes | undefined;
  readonly lane: string | undefined;
  /** Whether the route says that there is no trace of it. */
  readonly isUntraced: boolean;
}

/** The part of a context manager that requests run by. */
export interface RunsContexts {
  active(): Context;
  with<T>(context: Context, fn: () => T): T;
  bind<T>(context: Context, target: T): T;
}

/** How the request ended, in the words of the span. */
export interface JoinedEnd {
  /** Absent on success. */
  readonly errorType: string | undefined;
  readonly error: unknown;
  /** All that the conventions ask for, within the limits. */
  readonly attributes: () => AttributeList;
}

export interface JoinedSpanSettings {
  readonly span: Span;
  /** In which the rest of the request runs. */
  readonly context: Context;
  readonly contexts: RunsContexts;
  /** Where somebody else's span is told its route; undefined where there is no such place. */
  readonly metadata: RpcMetadata | undefined;
  /** Whether we began it, through the provider of somebody else. */
  readonly isOurs: boolean;
  /** Whether it lay on the request: whoever began it ends it unseen, and tells it errors himself. */
  readonly isFound?: boolean;
  /** Whether it goes out by us, so that we can leave it out. */
  readonly isExportedByUs: boolean;
  /** For all that we put on it: its own provider has others. */
  readonly limits: LimitSettings;
  /** Whether there is no trace of the request, whatever its route says. */
  readonly isOutside: boolean;
  readonly errorTypeOf: (error: unknown) => string;
  /** What is said of the request, as far as that is known by now. */
  readonly terms: () => JoinedTerms;
}

/** The server span of a request of which the span is not made by the exchange: it is enriched, and there is no second one. */
export class JoinedSpan {
  readonly span: Span;
  readonly #settings: JoinedSpanSettings;
  /** What was thrown: the span is told its class at its end, and a span that was found all of it, if nobody else told it. */
  #error: unknown = undefined;
  #isEndHeard = false;

  constructor(settings: JoinedSpanSettings) {
    this.span = settings.span;
    this.#settings = settings;
    if (settings.metadata !== undefined) this.#tellRouteTo(settings.metadata);
    else if (settings.isFound === true) this.#hearEnd();
  }

  /** Whether there is a trace of the request, as far as anybody here can tell. Somebody else's span goes out whatever the route says. */
  get isSampled(): boolean {
    const isSampled = (this.span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
    return isSampled && !(this.#settings.isExportedByUs && this.isUntraced);
  }

  /** Whether we begin no span for the request, as far as that is known by now. */
  get isUntraced(): boolean {
    return this.#settings.isOutside || this.#settings.terms().isUntraced;
  }

  /** Where its request goes, unless it fails. */
  get lane(): string | undefined {
    return this.#settings.terms().lane;
  }

  run<T>(fn: () => T): T {
    return this.#settings.contexts.with(this.#context(), fn);
  }

  bind(emitter: EventEmitter): void {
    this.#settings.contexts.bind(this.#context(), emitter);
  }

  /** Whatever is begun in it follows its parent: below a request that is not traced that is one that is not sampled. */
  #context(): Context {
    const { context } = this.#settings;
    try {
      return this.isUntraced ? context.setValue(spanKey, unsampledStandIn(this.span.spanContext())) : context;
    } catch {
      return context;
    }
  }

  failed(error: unknown): void {
    const { isFound, isOurs } = this.#settings;
    this.#error = error;
    if (isFound !== true) this.#recordError(error);
    if (!isOurs) this.#hearEnd();
  }

  /** The event of a span that was found. Others have theirs. */
  #putError(error: unknown): void {
    if (this.#settings.isFound === true && !hasException(this.span)) this.#recordError(error);
  }

  #recordError(error: unknown): void {
    if (!this.span.isRecording()) return;
    const { limits } = this.#settings;
    this.span.addEvent("exception", limitedRecord(exceptionAttributes(error), limits, limits.eventAttributes));
  }

  end({ errorType, error, attributes }: JoinedEnd): void {
    const { span } = this;
    const { isOurs, metadata } = this.#settings;
    const terms = this.#settings.terms();
    // In each case it is let go.
    if (this.#error !== undefined) this.#putError(this.#error);
    this.#error = undefined;
    if (span.isRecording()) {
      if (isOurs) span.setAttributes(attributeRecord(attributes())).updateName(terms.name);
      else this.#putTerms(terms);
      if (errorType !== undefined) this.#putFailure(errorType, error);
    }
    if (isOurs) span.end();
    else if (metadata !== undefined) fixRoute(metadata, routeText(terms.route));
  }

  #putFailure(errorType: string, error: unknown): void {
    const { limits } = this.#settings;
    this.span.setAttributes(limitedRecord({ "error.type": errorType }, limits));
    const message = truncate(errorMessageOf(error) ?? "", limits.valueLength, limits.truncateMarker);
    this.span.setStatus({ code: SpanStatusCode.ERROR, message });
  }

  /**
   * Lets whoever began the span find the route in the moment he ends it, which is before our own listener hears of the end: it may not be known
   * earlier, and the span takes nothing later.
   */
  #tellRouteTo(metadata: RpcMetadata): void {
    let given: string | undefined;
    Object.defineProperty(metadata, "route", {
      configurable: true,
      enumerable: true,
      get: () => {
        if (given !== undefined) return given;
        const terms = this.#settings.terms();
        this.#putTerms(terms);
        const route = routeText(terms.route);
        if (route !== undefined && !terms.name.endsWith(` ${route}`)) keepName(this.span, route);
        return route;
      },
      set(value: string | undefined) {
        given = value;
      },
    });
  }

  /**
   * What is known is told in the moment in which the span is ended: of a span that was found, whose owner asks for no route, and of one that fails,
   * whose owner says less of the error, and says it last.
   */
  #hearEnd(): void {
    const { span } = this;
    if (this.#isEndHeard || !Object.isExtensible(span)) return;
    this.#isEndHeard = true;
    const end = span.end;
    Object.defineProperty(span, "end", {
      configurable: true,
      writable: true,
      value: (time?: TimeInput) => {
        if (this.#settings.isFound === true) this.#putTerms(this.#settings.terms());
        const error = this.#error;
        this.#error = undefined;
        if (error !== undefined) {
          this.#putError(error);
          if (this.span.isRecording() && mayHaveFailed(span)) {
            this.#putFailure(this.#settings.errorTypeOf(error), error);
          }
        }
        Reflect.apply(end, span, [time]);
      },
    });
  }

  #putTerms({ route, name, isNamed, attributes }: JoinedTerms): void {
    if (!this.span.isRecording()) return;
    const template = routeText(route);
    const told = { ...(template === undefined ? undefined : { "http.route": template }), ...attributes };
    this.span.setAttributes(
      limitedRecord({ ...told, ...route?.operation?.attributes, ...route?.options.attributes }, this.#settings.limits),
    );
    // Whoever keeps a span on the request names it once, before there is a route: without one the method is its name.
    if (isNamed || this.#settings.isFound === true) this.span.updateName(name);
  }
}

/** An error that was answered with a 4xx was meant. Where the span does not show its status, nobody knows. */
function mayHaveFailed({ attributes }: Span & { readonly attributes?: Attributes | AttributeList }): boolean {
  const shown = Array.isArray(attributes) ? attributeRecord(attributes) : attributes;
  const status = shown?.["http.response.status_code"] ?? shown?.["http.status_code"];
  return typeof status !== "number" || status >= 500;
}

/** The spans of SDKs, and ours, show what they hold. */
function hasException(span: Span & { readonly events?: unknown }): boolean {
  const { events } = span;
  return Array.isArray(events) && events.some((event: { readonly name?: unknown }) => event.name === "exception");
}

function routeText(route: Route | undefined): string | undefined {
  return route?.template === "" ? undefined : route?.template;
}

/** Its owner, who has just asked for the route, is about to name the span after it: that one name is passed over. */
function keepName(span: Span, route: string): void {
  if (!span.isRecording() || Object.hasOwn(span, "updateName") || !Object.isExtensible(span)) return;
  span.updateName = (name) => {
    Reflect.deleteProperty(span, "updateName");
    return String(name).endsWith(` ${route}`) ? span : span.updateName(name);
  };
}

/** The request is over: what it said of its route stays, and the request is let go. */
function fixRoute(metadata: RpcMetadata, route: string | undefined): void {
  Object.defineProperty(metadata, "route", { configurable: true, enumerable: true, writable: true, value: route });
}
