import type { EventEmitter } from "node:events";
import { type Context, type Span, SpanStatusCode, type TimeInput } from "@opentelemetry/api";
import { type LimitSettings, limitedRecord } from "../../limits/span-limits.ts";
import { truncate } from "../../limits/truncate.ts";
import { type AttributeList, attributeRecord } from "../../model/attributes.ts";
import type { Route } from "../../model/route.ts";
import { errorMessageOf, exceptionAttributes } from "../../tracing/span/exception-attributes.ts";

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

/** The request as a joined span asks for it. */
export interface JoiningRequest {
  readonly name: string;
  readonly route: Route | undefined;
}

/** The part of a context manager that requests run by. */
export interface RunsContexts {
  active(): Context;
  with<T>(context: Context, fn: () => T): T;
  bind<T>(context: Context, target: T): T;
}

/** How the request ended, in the words of the span. */
export interface JoinedEnd extends JoiningRequest {
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
  /** For all that we put on it: its own provider has others. */
  readonly limits: LimitSettings;
}

/** The server span of a request of which the span is not made by the exchange: it is enriched, and there is no second one. */
export class JoinedSpan {
  readonly span: Span;
  readonly #settings: JoinedSpanSettings;
  /** What a span that was found is told at its end, if nobody else told it. */
  #error: unknown = undefined;

  constructor(settings: JoinedSpanSettings) {
    this.span = settings.span;
    this.#settings = settings;
  }

  /**
   * Lets whoever began the span find the route in the moment he ends it, which is before our own listener hears of the end: it may not be known
   * earlier, and the span takes nothing later.
   */
  tellRouteTo(metadata: RpcMetadata, request: JoiningRequest): void {
    let given: string | undefined;
    Object.defineProperty(metadata, "route", {
      configurable: true,
      enumerable: true,
      get: () => {
        if (given !== undefined) return given;
        const route = request.route;
        if (route !== undefined) this.#putRoute(route, request.name);
        return routeText(route);
      },
      set(value: string | undefined) {
        given = value;
      },
    });
  }

  /** As {@link JoinedSpan.tellRouteTo}, where nobody asks for the route: what is known is told in the moment in which the span is ended. */
  tellBeforeEnd(request: JoiningRequest): void {
    const { span } = this;
    const end = span.end;
    Object.defineProperty(span, "end", {
      configurable: true,
      writable: true,
      value: (time?: TimeInput) => {
        const { route, name } = request;
        if (route !== undefined) this.#putRoute(route, name);
        this.#putError();
        Reflect.apply(end, span, [time]);
      },
    });
  }

  run<T>(fn: () => T): T {
    const { contexts, context } = this.#settings;
    return contexts.with(context, fn);
  }

  bind(emitter: EventEmitter): void {
    const { contexts, context } = this.#settings;
    contexts.bind(context, emitter);
  }

  failed(error: unknown): void {
    if (this.#settings.isFound === true) this.#error = error;
    else this.#recordError(error);
  }

  #putError(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined && !hasException(this.span)) this.#recordError(error);
  }

  #recordError(error: unknown): void {
    if (!this.span.isRecording()) return;
    const { limits } = this.#settings;
    this.span.addEvent("exception", limitedRecord(exceptionAttributes(error), limits, limits.eventAttributes));
  }

  end({ name, route, errorType, error, attributes }: JoinedEnd): void {
    const { span } = this;
    const { isOurs, metadata } = this.#settings;
    if (span.isRecording()) {
      if (isOurs) span.setAttributes(attributeRecord(attributes())).updateName(name);
      else if (route !== undefined) this.#putRoute(route, name);
      this.#putError();
      if (errorType !== undefined) {
        const { limits } = this.#settings;
        span.setAttributes(limitedRecord({ "error.type": errorType }, limits));
        const message = truncate(errorMessageOf(error) ?? "", limits.valueLength, limits.truncateMarker);
        span.setStatus({ code: SpanStatusCode.ERROR, message });
      }
    }
    if (isOurs) span.end();
    else if (metadata !== undefined) fixRoute(metadata, routeText(route));
  }

  #putRoute({ template, options }: Route, name: string): void {
    if (!this.span.isRecording()) return;
    this.span.setAttributes(limitedRecord({ "http.route": template, ...options.attributes }, this.#settings.limits));
    this.span.updateName(name);
  }
}

/** The spans of SDKs, and ours, show what they hold. */
function hasException(span: Span & { readonly events?: unknown }): boolean {
  const { events } = span;
  return Array.isArray(events) && events.some((event: { readonly name?: unknown }) => event.name === "exception");
}

function routeText(route: Route | undefined): string | undefined {
  return route?.template === "" ? undefined : route?.template;
}

/** The request is over: what it said of its route stays, and the request is let go. */
function fixRoute(metadata: RpcMetadata, route: string | undefined): void {
  Object.defineProperty(metadata, "route", { configurable: true, enumerable: true, writable: true, value: route });
}
