import type { EventEmitter } from "node:events";
import type { Span } from "@opentelemetry/api";
import type { Outcome } from "./outcome.ts";
import type { Route } from "../route.ts";

/** The request that is being handled, as `telemetry.current()` answers it. */
export interface ActiveRequest {
  /** One of the known methods, else `_OTHER`. */
  readonly method: string;
  readonly scheme: "http" | "https";
  /** As the client sent it, without the query. Undefined once the request has ended. */
  readonly path: string | undefined;
  /** The route that the framework matched, as far as it has come. */
  readonly route: Route | undefined;
  readonly ended: boolean;
  /** Runs a function with this request as the active one, for work that lost its context. */
  run<T>(fn: () => T): T;
  /** Runs every listener of an emitter, those added later too, with this request as the active one. */
  bind(emitter: EventEmitter): void;
  /** What a handler threw; of several the first. It counts as a failure only if the response does: an error answered with a 404 was meant. */
  failed(error: unknown): void;
  /** The error that a framework is about to answer, where it can tell: it takes the place of what was thrown on the way. */
  failedWith(error: unknown): void;
}

/** One request from begin to end, as `begin` answers it to an adapter. */
export interface RequestExchange extends ActiveRequest {
  /** The span that stands for the request: ours, or the one that somebody else began for it. */
  readonly shownSpan: Span;
  /** As `bind`, for the request itself, whose listeners come one by one: the first call does it. */
  bindRequest(request: EventEmitter): void;
  /**
   * The client of an HTTP request is gone, as the response's `close` event says: its other listeners, and what the request still emits, run in the
   * context of the request. Those of a request that went well do so by themselves.
   */
  abandoned(request: EventEmitter): void;
  /** Whether {@link RequestExchange.headersSent} was called. */
  readonly headSeen: boolean;
  /**
   * The response head has left, ahead of the rest. For a stream the duration ends here. Only the first call counts; a response that leaves all at
   * once needs none.
   */
  headersSent(isStream: boolean): void;
  /** The response is over, or its client is gone. Records the metrics, and writes the span if it is sampled or kept. Only the first call counts. */
  end(outcome: Outcome): void;
  /** The request is one of telemetry's own: it ends here, and is neither counted nor traced nor logged. Somebody else's span of it goes on. */
  leaveOut(): void;
}

/** What a step of a framework, such as a hook or a middleware, tells of itself while its function runs and later. */
export interface FrameworkStep {
  /** The step is over. Only the first call of this and of {@link FrameworkStep.failed} counts. */
  end(): void;
  failed(error: unknown): void;
  /**
   * Takes what the step's function gave. A promise is watched, and stays its owner's: the step fails with it, and is over when it is fulfilled unless
   * `untilFailed` says that other news decides that. Answers whether it is a promise; a thenable that is none is not touched.
   */
  follow(result: unknown, untilFailed?: "untilFailed"): boolean;
  /**
   * Runs what comes behind the step, in the context that is active at this call, but outside of the step's span: what the step's function put into
   * the context holds for the rest of the request, its span does not.
   */
  leave<T>(next: () => T): T;
}
