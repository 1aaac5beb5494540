import type { Span, SpanContext, SpanOptions } from "@opentelemetry/api";
import type { AttributeValue } from "../model/attributes.ts";
import type { SpanFate } from "../model/exemplar-span.ts";
import type { Decision } from "../model/sampling/decision.ts";
import { word32 } from "../model/ids.ts";
import { type SpanData, spanKind, statusCode } from "../model/span-data.ts";
import type { SamplingParent, SamplingFacts } from "../model/sampling/sampler.ts";
import { type OtelState, readOtelState, writeThreshold } from "../sampling/threshold/tracestate.ts";
import { headerIn, methodIn, pathIn } from "./span/http-span-facts.ts";
import type { ChildFate, TraceRoot } from "./span/trace-root.ts";
import type { Tracing } from "./span/tracing.ts";
import { UnsampledSpan } from "./span/unsampled-span.ts";
import { WaitingSpans } from "./span/waiting-spans.ts";
import { traceStateText } from "./propagation/trace-state.ts";

const sampledFlag = 1;
const randomFlag = 2;

/** The request that an adapter found to be in such a trace: what becomes known of it later counts for what has not left yet. */
export interface ServedRequest {
  /** Whether its route says that there is no trace of it. */
  readonly isUntraced: boolean;
  /** Where its traces go, unless they fail. */
  readonly lane: string | undefined;
}

/**
 * A trace that no request of ours made: a job, a message, a script; a request whose span is an instrumentation's; or the part of another process's
 * trace that goes on here.
 *
 * It is decided when its root span starts, and is itself the facts that the sampler reads for that.
 */
export class LocalTrace implements TraceRoot, SamplingFacts {
  readonly t0: number;
  readonly t1: number;
  readonly t2: number;
  readonly t3: number;
  /** The span id of the parent, zeros for a root. */
  readonly p0: number;
  readonly p1: number;
  readonly flags: number;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly sampled: boolean;
  readonly decision: Decision;
  readonly decisionPending = false;
  readonly fate: SpanFate;
  readonly #tracing: Tracing;
  readonly #parent: SpanContext | undefined;
  readonly #state: OtelState | undefined;
  readonly #options: SpanOptions;
  readonly #attributes: SpanOptions["attributes"];
  #spans = 0;
  #waiting: WaitingSpans | undefined = undefined;
  #isReleased = false;
  #lane: string | undefined = undefined;
  #unsampledChild: Span | undefined = undefined;
  #request: ServedRequest | undefined = undefined;

  constructor(tracing: Tracing, name: string, options: SpanOptions, parent: SpanContext | undefined) {
    this.#tracing = tracing;
    this.name = name;
    this.#options = options;
    this.kind = options.kind ?? spanKind.internal;
    this.#attributes = options.attributes;
    this.#parent = parent;
    let traceState = "";
    if (parent === undefined) {
      const { random } = tracing;
      this.t0 = random.take();
      this.t1 = random.take();
      this.t2 = random.take();
      this.t3 = random.take();
      this.p0 = 0;
      this.p1 = 0;
    } else {
      this.t0 = word32(parent.traceId, 0);
      this.t1 = word32(parent.traceId, 8);
      this.t2 = word32(parent.traceId, 16);
      this.t3 = word32(parent.traceId, 24);
      this.p0 = word32(parent.spanId, 0);
      this.p1 = word32(parent.spanId, 8);
      traceState = traceStateText(parent.traceState);
      this.#state = readOtelState(traceState);
    }
    const decision = tracing.decide(this);
    this.decision = decision;
    const { sampled } = decision;
    const random = parent === undefined ? randomFlag : parent.traceFlags & randomFlag;
    this.sampled = sampled;
    if (sampled) tracing.startedRoots++;
    this.fate = sampled ? "written" : "lost";
    this.flags = random | (sampled ? sampledFlag : 0);
    this.traceState =
      traceState === ""
        ? tracing.rootState(decision)
        : writeThreshold(traceState, sampled ? decision.threshold : undefined);
  }

  whenWritten(): void {}

  get parentIsRemote(): boolean {
    return this.#parent?.isRemote === true;
  }

  /** The request that is known from now on to be what this trace is of. */
  serve(request: ServedRequest): void {
    this.#request = request;
  }

  get finalFate(): SpanFate {
    return this.fate;
  }

  childFate(): ChildFate {
    return this.sampled && this.#request?.isUntraced !== true ? "recorded" : "unsampled";
  }

  stateWith(threshold: string | undefined): string {
    return writeThreshold(this.traceState, threshold);
  }

  takePlace(): boolean {
    return this.#tracing.takePlace(this.#spans++);
  }

  finish(span: SpanData): void {
    if (this.#request?.isUntraced === true) return this.#forget();
    const isRoot = span.p0 === this.p0 && span.p1 === this.p1;
    if (isRoot) this.#release(span.statusCode === statusCode.error ? "errors" : this.#ownLane());
    else if (!this.#isReleased) {
      const waiting = (this.#waiting ??= new WaitingSpans(this.#tracing.held));
      if (!waiting.areTooMany && waiting.add(span)) return;
      this.#release(this.#ownLane());
    }
    this.#tracing.write(span, this.#lane);
  }

  #ownLane(): string | undefined {
    return this.#request?.lane ?? (this.#options as { readonly lane?: string }).lane;
  }

  /** Lets go of what waited: nobody wants it. */
  #forget(): void {
    this.#waiting?.takeAll();
    this.#waiting = undefined;
  }

  /** Lets those go that waited, and from now on all others at once. */
  #release(lane: string | undefined): void {
    const waiting = this.#waiting?.takeAll() ?? [];
    this.#isReleased = true;
    this.#lane = lane;
    this.#waiting = undefined;
    for (const span of waiting) this.#tracing.write(span, lane);
  }

  /** It has a span id of its own: what is called from an unsampled span carries these ids on. */
  get unsampledChild(): Span {
    const { random } = this.#tracing;
    return (this.#unsampledChild ??= new UnsampledSpan(this, random.take(), random.take() || 1));
  }

  get route(): undefined {
    return undefined;
  }

  get method(): string {
    return methodIn(this.#httpAttributes());
  }

  get path(): string | undefined {
    return pathIn(this.#httpAttributes());
  }

  get startMs(): number {
    return this.#tracing.clock.now();
  }

  get randomHigh(): number {
    return this.#state?.randomHigh ?? this.t2 & 0xff_ffff;
  }

  get randomLow(): number {
    return this.#state?.randomLow ?? this.t3;
  }

  get parent(): SamplingParent | undefined {
    if (this.#parent === undefined) return undefined;
    return {
      sampled: (this.#parent.traceFlags & sampledFlag) === sampledFlag,
      remote: this.parentIsRemote,
      threshold: this.#state?.threshold,
    };
  }

  header(name: string): string | undefined {
    return headerIn(this.#httpAttributes(), name);
  }

  attribute(key: string): AttributeValue | undefined {
    try {
      return this.#attributes?.[key] as AttributeValue | undefined;
    } catch {
      // A getter of somebody else's; the span counts it as a drop.
      return undefined;
    }
  }

  /** Of a span that stands for a request: rules, which are about requests, have a say in no other. */
  #httpAttributes(): SpanOptions["attributes"] {
    return this.kind === spanKind.server ? this.#attributes : undefined;
  }
}
