import { splitTarget } from "../limits/split-target.ts";
import type { RequestReader } from "../model/request/request-reader.ts";
import type { Operation, Route, RouteTable } from "../model/route.ts";
import { spanKind } from "../model/span-data.ts";
import type { ExchangeHost } from "./host/exchange-host.ts";
import type { IncomingParent, ReadableRequest } from "./incoming/incoming-context.ts";
import { readPeer, type RequestPeer } from "./span/finished-request.ts";

/**
 * A request as far as it tells itself what it is: its route, headers and peer, and the ids of its trace, which are made when somebody asks for them.
 *
 * The first half of an {@link Exchange}, and one object with it. Its private parts are methods, never getters: for each call of a private getter V8
 * asks its runtime.
 */
export abstract class ObservedRequest implements ReadableRequest {
  /** On the monotonic clock. */
  readonly startMs: number;
  readonly kind: number = spanKind.server;
  /** The method's place in the table of known ones; 0 for any other. */
  readonly methodIndex: number;
  /** Read at begin: at the end an HTTP/2 stream no longer knows its connection. */
  readonly scheme: "http" | "https";
  protected readonly host: ExchangeHost;
  protected readonly reader: RequestReader<unknown>;
  /** Undefined once it is over. */
  protected request: unknown;
  #ended = false;
  #incoming: IncomingParent | null | undefined = undefined;
  #lastRoute: Route | undefined = undefined;
  /** Whether the route is known for good: told at begin, by a framework that routes first, or with an operation. */
  #routeTold = false;
  #earlyPeer: RequestPeer | undefined = undefined;
  #randomDrawn = false;
  #t0 = 0;
  #t1 = 0;
  #t2 = 0;
  #t3 = 0;
  #s0 = 0;
  /** 0 until the ids are drawn. */
  #s1 = 0;

  constructor(host: ExchangeHost, request: unknown, reader: RequestReader<unknown>, route: Route | null | undefined) {
    this.host = host;
    this.request = request;
    this.reader = reader;
    if (route !== undefined) {
      this.#routeTold = true;
      this.#lastRoute = route ?? undefined;
    }
    this.startMs = host.clock.now();
    this.methodIndex = host.methods.index(reader.method(request));
    // After an abort the socket no longer knows its peer, unless it was asked before; a stream of HTTP/2 has lost its socket at its end.
    if (reader.httpVersion(request) === "2") this.#earlyPeer = readPeer(request, reader);
    else reader.peerAddress(request);
    this.scheme = reader.scheme(request);
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** The route is the last that was known from here on. */
  protected over(): void {
    this.#lastRoute = this.route;
    this.#ended = true;
  }

  get randomHigh(): number {
    const own = this.parent?.randomHigh;
    if (own !== undefined) return own;
    this.#drawRandom();
    return this.#t2 & 0xff_ffff;
  }

  get randomLow(): number {
    const own = this.parent?.randomLow;
    if (own !== undefined) return own;
    this.#drawRandom();
    return this.#t3;
  }

  /** The caller's span, if it told one and is inside the trust boundary. */
  get parent(): IncomingParent | undefined {
    const { incoming } = this;
    return incoming?.trusted === true ? incoming : undefined;
  }

  get incoming(): IncomingParent | null {
    // Not `??=`: null is an answer as well, and most requests have it.
    if (this.#incoming === undefined) {
      this.#incoming = this.request === undefined ? null : (this.host.incoming.parent(this) ?? null);
    }
    return this.#incoming;
  }

  get route(): Route | undefined {
    if (this.#ended || this.#routeTold) return this.#lastRoute;
    try {
      return this.reader.route(this.request);
    } catch {
      // Also asked where a handler begins and ends spans. The request is counted all the same, as one that matched no route.
      this.host.faults.add("reader");
      return undefined;
    }
  }

  get routePending(): boolean {
    const host = this.host;
    if (!(host.decisionWaitsForRoute || this.reader.routeOptionsInUse.sampling) || this.#ended) return false;
    const { route } = this;
    if (route === undefined && !this.#routeTold) return true;
    return host.awaitsOperation?.(route) === true;
  }

  /** What the request does, as somebody names it who knows: the first one holds. */
  named(operation: Operation, routes: RouteTable): void {
    const { route } = this;
    if (this.#ended || route?.operation !== undefined) return;
    this.#lastRoute = routes.named(route, operation);
    this.#routeTold = true;
  }

  get path(): string | undefined {
    return this.request === undefined ? undefined : splitTarget(this.reader.target(this.request)).path;
  }

  get method(): string {
    return this.host.methods.names[this.methodIndex] ?? "_OTHER";
  }

  get name(): string {
    return this.host.names.get(this.methodIndex, this.route);
  }

  /** For whoever decides: the baggage of a caller who is not trusted has no say. */
  header(name: string): string | undefined {
    if (name === "baggage" && !this.#isTrusted()) return undefined;
    return this.sentHeader(name);
  }

  sentHeader(name: string): string | undefined {
    return this.request === undefined ? undefined : this.reader.header(this.request, name);
  }

  get headerNames(): readonly string[] {
    return Object.keys(this.reader.stream?.(this.request)?.headers ?? {});
  }

  #isTrusted(): boolean {
    return this.incoming?.trusted ?? this.host.incoming.trusts(this);
  }

  get peer(): RequestPeer {
    return this.#earlyPeer ?? readPeer(this.request, this.reader);
  }

  /** The framework's request, for the user's own functions; undefined once the request is over. */
  get raw(): unknown {
    return this.request;
  }

  /** Whether somebody needed its ids by now. */
  get hasIds(): boolean {
    return this.#s1 !== 0;
  }

  get t0(): number {
    this.#drawIds();
    return this.#t0;
  }
  get t1(): number {
    this.#drawIds();
    return this.#t1;
  }
  get t2(): number {
    this.#drawIds();
    return this.#t2;
  }
  get t3(): number {
    this.#drawIds();
    return this.#t3;
  }
  get s0(): number {
    this.#drawIds();
    return this.#s0;
  }
  get s1(): number {
    this.#drawIds();
    return this.#s1;
  }

  /** All at once, for the span that is written in place. */
  putIds(view: DataView, traceIdAt: number, spanIdAt: number): void {
    this.#drawIds();
    view.setInt32(traceIdAt, this.#t0);
    view.setInt32(traceIdAt + 4, this.#t1);
    view.setInt32(traceIdAt + 8, this.#t2);
    view.setInt32(traceIdAt + 12, this.#t3);
    view.setInt32(spanIdAt, this.#s0);
    view.setInt32(spanIdAt + 4, this.#s1);
  }

  /** The half of the trace id that holds R. */
  #drawRandom(): void {
    if (this.#randomDrawn) return;
    this.#randomDrawn = true;
    const parent = this.parent;
    this.#t2 = parent?.t2 ?? this.host.random.take();
    this.#t3 = parent?.t3 ?? this.host.random.take();
  }

  #drawIds(): void {
    if (this.#s1 !== 0) return;
    this.#s1 = this.host.random.take() || 1;
    this.#s0 = this.host.random.take();
    this.#drawRandom();
    const parent = this.parent;
    this.#t0 = parent?.t0 ?? this.host.random.take();
    this.#t1 = parent?.t1 ?? this.host.random.take();
  }
}
