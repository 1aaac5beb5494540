import type { Attributes, Exception, Link, Span, SpanContext, SpanStatus, TimeInput } from "@opentelemetry/api";
import type { SpanFate } from "../../model/exemplar-span.ts";
import type { Decision } from "../../model/sampling/decision.ts";
import type { SpanData } from "../../model/span-data.ts";

/** What becomes of a child span that starts now. `held`: it is recorded, and shares the fate of a decision that still waits for the route. */
export type ChildFate = "recorded" | "held" | "unsampled";

/**
 * The part of one trace that lives in this process: its ids, its decision, and the bound on its spans.
 *
 * An exchange is one; a root span that no request made has one of its own.
 */
export interface TraceRoot {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  /** W3C trace flags. Reading them decides. */
  readonly flags: number;
  /** W3C tracestate, empty for none. Reading it decides. */
  readonly traceState: string;
  /** Whether the decision still waits for the route, so that reading the flags would make it without. */
  readonly decisionPending: boolean;
  /** What becomes of it. Asking decides nothing. */
  readonly fate: SpanFate;
  /** Where the fate is open: calls at the end if it is written then. */
  whenWritten(tell: () => void): void;
  /**
   * The same for what can wait for the end: open too while a request that is not sampled may still be kept, and afterwards whether it was. Asking
   * decides nothing.
   */
  readonly finalFate: SpanFate;
  /** Decides, where it can. */
  childFate(): ChildFate;
  /** Takes one of the places for spans of this trace, or of those that are held; false when none is left. */
  takePlace(held: boolean): boolean;
  /** What was decided on its root. Reading it decides. */
  readonly decision: Decision;
  readonly randomHigh: number;
  readonly randomLow: number;
  /** The tracestate with another threshold in it. */
  stateWith(threshold: string | undefined): string;
  /** Takes a child that has ended. */
  finish(span: SpanData): void;
  /** The one span that stands for all children that are not recorded. */
  readonly unsampledChild: Span;
}

/** A span that knows its trace: what a child needs of its parent. */
export abstract class TracedSpan implements Span {
  abstract readonly trace: TraceRoot;
  /** The span id as two words. */
  abstract readonly s0: number;
  /** How many spans of this process are above it. */
  abstract readonly depth: number;
  abstract readonly s1: number;

  /** What becomes of it. Asking decides nothing. */
  abstract readonly fate: SpanFate;

  abstract spanContext(): SpanContext;
  abstract setAttribute(key: string, value: unknown): this;
  abstract setAttributes(attributes: Attributes): this;
  abstract addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this;
  abstract addLink(link: Link): this;
  abstract addLinks(links: Link[]): this;
  abstract setStatus(status: SpanStatus): this;
  abstract updateName(name: string): this;
  abstract end(endTime?: TimeInput): void;
  abstract isRecording(): boolean;
  abstract recordException(exception: Exception, time?: TimeInput): void;
}
