import type { EventEmitter } from "node:events";
import { type Context, ROOT_CONTEXT, type Span } from "@opentelemetry/api";
import { fitList } from "../limits/span-limits.ts";
import type { AttributeList, AttributeValue } from "../model/attributes.ts";
import type { SpanFate } from "../model/exemplar-span.ts";
import type { HttpSeries } from "../metrics/http/http-server-metrics.ts";
import type { Decision } from "../model/sampling/decision.ts";
import { type Outcome } from "../model/request/outcome.ts";
import type { RequestExchange } from "../model/request/request-exchange.ts";
import type { RequestReader } from "../model/request/request-reader.ts";
import type { Route } from "../model/route.ts";
import type { SpanData } from "../model/span-data.ts";
import type { SamplingFacts } from "../model/sampling/sampler.ts";
import { writeThreshold } from "../sampling/threshold/tracestate.ts";
import { bindEmitter } from "../tracing/context/bind-emitter.ts";
import { onwardTicketKey, rpcMetadataKey, spanKey, suppressTracingKey } from "../tracing/context/context-keys.ts";
import { EngineContext } from "../tracing/context/engine-context.ts";
import { runAlone } from "../tracing/context/run-alone.ts";
import type { ChildFate } from "../tracing/span/trace-root.ts";
import { UnsampledSpan } from "../tracing/span/unsampled-span.ts";
import type { BodyMeter } from "./host/body-meter.ts";
import { ChildSpans, type LaneOrNone } from "../tracing/span/child-spans.ts";
import { couldBeKept, holdsChildren, isStreamByRule, ruleAtEnd } from "./end/rule-at-end.ts";
import type { ExchangeHost } from "./host/exchange-host.ts";
import type { RequestCosts } from "./host/request-costs.ts";
import { type FinishedRequest, type RequestSeen, unanswered, type RequestEnd } from "./span/finished-request.ts";
import { type JoinedSpan, OwnRpcMetadata } from "./incoming/joined-span.ts";
import { ObservedRequest } from "./observed-request.ts";
import { keepRequest } from "./end/keep-request.ts";
import { logRequest } from "./end/log-request.ts";
import { offerExample } from "./end/offer-example.ts";
import { putRequestAttributes } from "./span/server-attributes.ts";
import { ServerSpan, type ServerTrace } from "./span/server-span.ts";
import { writeServerSpan } from "./span/write-server-span.ts";
import { tellStart } from "./end/tell-start.ts";

const sampledFlag = 1;
const randomFlag = 2;
const noStream = -1;
/** Values counted in one request that wait for its end, to be examples of it. */
const maxWaiting = 16;
const joinedSampled: Decision = Object.freeze({ sampled: true, reason: "joined" });
const joinedUnsampled: Decision = Object.freeze({ sampled: false, reason: "joined" });

/**
 * One request, from begin to end.
 *
 * It is at once the request's context, the root of its trace and the facts its sampler reads, so that a request that is not recorded
 * costs this one object. Ids are made when somebody asks for them, the decision when somebody reads the flags, starts a child span, or at
 * the end.
 *
 * Its private parts are methods, never getters: for each call of a private getter V8 asks its runtime.
 */
export class Exchange
  extends ObservedRequest
  implements Context, ServerTrace, SamplingFacts, FinishedRequest, RequestExchange
{
  #extracted: Context | undefined = undefined;
  #decision: Decision | undefined = undefined;
  #span: ServerSpan | undefined = undefined;
  #unsampledChild: UnsampledSpan | undefined = undefined;
  #children: ChildSpans | undefined = undefined;
  /** Where its span went; null as long as none was written. */
  #lane: LaneOrNone = null;
  #bodies: BodyMeter | undefined = undefined;
  #requestBound = false;
  #error: unknown = undefined;
  #headSeen = false;
  #streamMs = noStream;
  #joined: JoinedSpan | undefined = undefined;
  #waitingForEnd: (() => void)[] | undefined = undefined;
  /** Of one request in many: takes what it costs. */
  #costs: RequestCosts | undefined = undefined;

  constructor(host: ExchangeHost, request: unknown, reader: RequestReader<unknown>, route?: Route | null) {
    super(host, request, reader, route);
    if (host.bodies !== undefined) this.#bodies = host.bodies.begin(reader.stream?.(request));
    host.metrics.started(this.methodIndex, this.scheme);
    if (host.surroundings !== undefined) this.#joined = host.surroundings.join(this, reader);
  }

  /** Has what is still to come of it measured. */
  measureBy(costs: RequestCosts): void {
    this.#costs = costs;
  }

  // The request's life, as an adapter tells it.

  /** Runs the rest of the request with this exchange as the active context. */
  run<T>(fn: () => T): T {
    if (this.#joined !== undefined) return this.#joined.run(fn);
    return runAlone(this.host.storage, this, this.#costs === undefined ? fn : this.#costs.entering(fn));
  }

  /** Runs every listener of an emitter, those added later too, with this exchange as the active context. */
  bind(emitter: EventEmitter): void {
    if (this.#joined !== undefined) return this.#joined.bind(emitter);
    bindEmitter(this.host.storage, this, emitter);
  }

  /** {@link Exchange.bind} for the request itself, whose listeners come one by one: the first call does it. */
  bindRequest(request: EventEmitter): void {
    if (this.#requestBound) return;
    this.#requestBound = true;
    this.bind(request);
  }

  /**
   * The client of an HTTP request is gone, as the response's `close` event says: its other listeners, and what the request still emits, run in the
   * context of the request. Those of a request that went well do so by themselves.
   */
  abandoned(request: EventEmitter): void {
    this.bindRequest(request);
    if (this.#joined === undefined) this.host.storage.enterWith(this);
  }

  /** What a handler threw; of several the first. It counts as a failure only if the response does: an error answered with a 404 was meant. */
  failed(error: unknown): void {
    if (this.#error === undefined) this.failedWith(error);
  }

  /** The error that a framework is about to answer, where it can tell: it takes the place of what was thrown on the way. */
  failedWith(error: unknown): void {
    // Of null there is nothing to tell: the status says that it failed.
    if (this.ended || error === undefined || error === null || error === this.#error) return;
    this.#error = error;
    if (this.#joined !== undefined) this.#tellJoined(this.#joined, error);
  }

  /** Somebody else's span looks into what was thrown, which may be anything. */
  #tellJoined(joined: JoinedSpan, error: unknown): void {
    try {
      joined.failed(error);
    } catch {
      this.host.faults.add("record-exception");
    }
  }

  /** Whether {@link Exchange.headersSent} was called. */
  get headSeen(): boolean {
    return this.#headSeen;
  }

  /**
   * The response head has left, ahead of the rest. For a stream the duration ends here. Only the first call counts; a response that leaves all at
   * once needs none.
   */
  headersSent(isStream: boolean): void {
    if (this.#headSeen) return;
    this.#headSeen = true;
    if (isStream || this.#isStreamRoute()) {
      this.#streamMs = this.host.clock.now();
    }
  }

  #isStreamRoute(): boolean {
    if (this.reader.routeOptionsInUse.stream && this.route?.options.stream === true) return true;
    return isStreamByRule(this.host, this);
  }

  /** The response is over, or its client is gone. Records the metrics, and writes the span if it is sampled or kept. Only the first call counts. */
  end(outcome: Outcome): void {
    if (this.ended) return;
    const costs = this.#costs;
    if (costs !== undefined && !costs.isEnding) {
      costs.end(() => this.end(outcome));
      this.#costs = undefined;
      return;
    }
    this.over();
    try {
      this.#finish(outcome);
    } catch {
      // This runs in a listener of the response: what is thrown here would end the process.
      this.host.faults.add("end");
    }
    this.#forget();
  }

  leaveOut(): void {
    if (this.ended || this.#joined !== undefined) return;
    this.host.metrics.ended(this.methodIndex, this.scheme);
    this.over();
    this.#forget();
  }

  /** A context that outlives its request must not keep the request alive; an error often leads to it. */
  #forget(): void {
    this.#children?.forget();
    this.#error = undefined;
    this.request = undefined;
    this.#bodies = undefined;
    this.#waitingForEnd = undefined;
    this.#span?.forget();
  }

  #finish(outcome: Outcome): void {
    const host = this.host;
    const { route } = this;
    const method = this.methodIndex;
    const { statusCode } = outcome;
    const endMs = host.clock.now();
    const isStream = this.#streamMs !== noStream;
    const durationMs = (isStream ? this.#streamMs : endMs) - this.startMs;
    // Whoever leaves a stream after its head has ended it normally.
    const completed = outcome.completed || (isStream && statusCode !== undefined && !this.#isBrokenOff(outcome));
    const errorType = this.#errorType(statusCode, completed);
    const { scheme } = this;

    const rule = ruleAtEnd(host, this);
    host.metrics.ended(method, scheme);
    const sizes = this.#bodies?.sizes(outcome, this.method);
    let series: HttpSeries | undefined;
    if (rule?.metrics !== false) {
      series = host.metrics.series(route, method, scheme, statusCode, errorType);
      series.record(durationMs / 1000);
      if (isStream) series.recordStream((endMs - this.startMs) / 1000);
      if (!completed) series.aborted();
      if (sizes !== undefined) series.recordSizes(sizes);
    }

    const joined = this.#joined;
    const decision =
      joined === undefined ? this.#decide() : this.#endJoined(joined, { outcome, errorType, rule, sizes });
    const isCause = !decision.sampled && (errorType !== undefined || host.keep.isSlow(durationMs, route, rule?.keep));
    const { ended } = host.tap;
    // Most requests: nobody asks for more.
    if (!decision.sampled && !isCause && !host.requestLog.active && host.exemplars !== "all" && ended === undefined)
      return;
    const end: RequestEnd = {
      host,
      request: this.request,
      reader: this.reader,
      outcome,
      route,
      statusCode,
      completed,
      headMs: isStream ? this.#streamMs : undefined,
      endMs,
      errorType,
      error: this.#causeOf(errorType),
      rule,
      sizes,
      notes: this.#span,
      decision,
      traced: decision.sampled,
    };
    if (joined === undefined) {
      if (isCause) keepRequest(this, end);
      if (end.traced) this.#write(end);
      if (end.traced && this.#waitingForEnd !== undefined) for (const tell of this.#waitingForEnd) tell();
    }
    if (series !== undefined && (end.traced || host.exemplars === "all") && host.exemplars !== "none") {
      offerExample(series, this, end, joined?.span.spanContext());
    }
    if (host.requestLog.active) logRequest(this, end, joined?.span.spanContext());
    if (ended !== undefined) ended(this, end, joined?.span.spanContext());
  }

  /** What a server span is given as it begins. */
  get firstAttributes(): AttributeList {
    return this.#attributes({ outcome: unanswered, errorType: undefined });
  }

  // The context of `@opentelemetry/api`.

  getValue(key: symbol): unknown {
    if (key === spanKey) return this.span;
    if (key === suppressTracingKey) return undefined;
    if (key === rpcMetadataKey) return new OwnRpcMetadata(this.span);
    if (key === onwardTicketKey) return this.host.onward?.(this);
    return (this.#extracted ??= this.ended ? ROOT_CONTEXT : this.host.incoming.context(this)).getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return EngineContext.on(this, key, value);
  }

  deleteValue(key: symbol): Context {
    return EngineContext.on(this, key, undefined);
  }

  /** The server span as the handler sees it: made at the first look. */
  get span(): ServerSpan {
    return (this.#span ??= new ServerSpan(this, this.host));
  }

  /** Whether the request has somebody else's span, and we begin none below it. */
  get beginsNoSpans(): boolean {
    return this.#joined?.isUntraced === true;
  }

  /** The span that stands for the request: ours, or the one that somebody else began for it. */
  get shownSpan(): Span {
    return this.#joined?.span ?? this.span;
  }

  // The root of a trace.

  get flags(): number {
    const random = this.parent === undefined ? randomFlag : this.parent.flags & randomFlag;
    return random | (this.#decide().sampled ? sampledFlag : 0);
  }

  get fate(): SpanFate {
    if (this.#decision === undefined) return this.ended ? "lost" : "open";
    return this.#decision.sampled ? "written" : "lost";
  }

  get finalFate(): SpanFate {
    if (this.ended) return this.#lane === null ? "lost" : "written";
    if (this.#decision?.sampled === true) return "written";
    return this.#decision === undefined || couldBeKept(this.host, this) ? "open" : "lost";
  }

  whenWritten(tell: () => void): void {
    this.#waitingForEnd ??= [];
    if (this.#waitingForEnd.length < maxWaiting) this.#waitingForEnd.push(tell);
  }

  get traceState(): string {
    const { sampled, threshold } = this.#decide();
    return this.stateWith(sampled ? threshold : undefined);
  }

  stateWith(threshold: string | undefined): string {
    const incoming = this.parent?.traceState ?? "";
    return incoming === "" && threshold === undefined ? "" : writeThreshold(incoming, threshold);
  }

  get decisionPending(): boolean {
    return this.#decision === undefined && this.routePending;
  }

  childFate(): ChildFate {
    if (this.#isUndecidable()) return "held";
    if (this.#decide().sampled) return "recorded";
    return holdsChildren(this.host, this) ? "held" : "unsampled";
  }

  /** Whether a ticket has it traced, or may yet, once there is a route. */
  get isWhole(): boolean {
    return this.host.onward !== undefined && (this.#decision === undefined || this.#decision.reason === "ticket");
  }

  takePlace(held: boolean): boolean {
    return this.#childSpans().takePlace(held && this.#decision !== undefined, this.isWhole);
  }

  finish(span: SpanData): void {
    const children = this.#childSpans();
    if (children.areWaiting) {
      // Until the end a request that is not sampled may still be kept, and its children with it.
      if (this.ended) return;
      // Children of a sampled request go ahead of it where they would wait for long, or have no room to.
      const isStream = this.#streamMs !== noStream;
      if (this.#decision?.sampled === true && (isStream || children.shouldLeave)) {
        children.release(this.route?.options.lane ?? ruleAtEnd(this.host, this)?.lane, true);
      }
    }
    children.add(span);
  }

  #childSpans(): ChildSpans {
    return (this.#children ??= new ChildSpans(this.host, this.#lane));
  }

  /** Lets the children go that waited for the span, which goes to this lane, and those that end after it. */
  #releaseChildren(lane: string | undefined, areAdmitted: boolean): void {
    this.#lane = lane;
    this.#children?.release(lane, areAdmitted);
  }

  get decision(): Decision {
    return this.#decide();
  }

  get unsampledChild(): Span {
    return (this.#unsampledChild ??= new UnsampledSpan(this, this.s0, this.s1));
  }

  attribute(key: string): AttributeValue | undefined {
    return this.#span?.attribute(key);
  }

  get remembers(): "all" | "some" | "nothing" {
    if (this.ended) return "nothing";
    if (this.#joined !== undefined) return this.#joined.span.isRecording() ? "all" : "nothing";
    if (this.#decision === undefined || this.#decision.sampled) return "all";
    return couldBeKept(this.host, this) ? "some" : "nothing";
  }

  /** Whether it is recorded, decided if that is possible yet. */
  get isRecording(): boolean {
    return !this.ended && (this.#isUndecidable() || this.#decide().sampled);
  }

  /** Whether the decision still waits for the route. */
  #isUndecidable(): boolean {
    return this.#decision === undefined && this.#children?.areTooMany !== true && this.routePending;
  }

  #decide(): Decision {
    if (this.#decision === undefined) {
      const host = this.host;
      this.#decision = host.decide(this);
      if (host.starts !== undefined && this.#decision.sampled && !this.ended)
        tellStart(host, host.starts, this, this.reader, this.#decision);
    }
    return this.#decision;
  }

  #errorType(statusCode: number | undefined, completed: boolean): string | undefined {
    if (!completed) return "aborted";
    if (statusCode === undefined || statusCode < 500) return undefined;
    return this.#error === undefined ? String(statusCode) : this.host.errorTypeOf(this.#error);
  }

  /** Whether the service failed at its response, rather than that the client left or the connection was closed. */
  #isBrokenOff({ brokenOff }: Outcome): boolean {
    return brokenOff?.destroyed === "response" || (brokenOff !== undefined && this.#error !== undefined);
  }

  /** What was thrown, if the request failed. */
  #causeOf(errorType: string | undefined): unknown {
    return errorType === undefined ? undefined : this.#error;
  }

  #write(end: RequestEnd): void {
    if (this.#costs !== undefined) this.#costs.isTraced = true;
    const { drops } = this.host;
    const lane = end.errorType === undefined ? (end.route?.options.lane ?? end.rule?.lane) : "errors";
    const wasSampled = this.#decision?.sampled === true;
    if (wasSampled) this.#releaseChildren(lane, true);
    try {
      writeServerSpan(this, end, lane);
    } catch {
      // A reader of the framework's threw (a user's proxy rule, a destroyed HTTP/2 session): the span is lost and counted, the request is not touched.
      drops.add("unreadable-request");
    }
    // Whoever listens is told of late spans all at once, and of parents first.
    if (!wasSampled) this.#releaseChildren(lane, false);
  }

  #attributes(end: RequestSeen): AttributeList {
    const list: AttributeList = [];
    const host = this.host;
    putRequestAttributes(list, this, { host, request: this.request, reader: this.reader, ...end });
    fitList(list, host.limits);
    return list;
  }

  /** Tells somebody else's span how its request ended. Whether that is traced was decided there. */
  #endJoined(joined: JoinedSpan, end: RequestSeen): Decision {
    const { isSampled } = joined;
    joined.end({
      errorType: end.errorType,
      error: this.#causeOf(end.errorType),
      attributes: () => this.#attributes(end),
    });
    return isSampled ? joinedSampled : joinedUnsampled;
  }
}
