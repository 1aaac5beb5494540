import type { IncomingMessage, ServerResponse } from "node:http";
import type { Outcome } from "../../model/request/outcome.ts";
import type { RequestReader } from "../../model/request/request-reader.ts";
import type { Route } from "../../model/route.ts";
import type { RequestExchange } from "../../model/request/request-exchange.ts";
import { asideExchange } from "./aside-exchange.ts";
import { claimRequest, setExchange } from "./attached-exchange.ts";
import { bindAtFirstListener, bindUnparsedBody } from "./bind-body.ts";
import { observeEnd } from "./observe-end.ts";
import { observeHeads } from "./observe-heads.ts";

/** What of the engine a request needs. */
export interface RequestEngine {
  begin<Request>(request: Request, reader: RequestReader<Request>, route?: Route | null): RequestExchange;
  readonly backpressure: (() => Promise<void> | undefined) | undefined;
  guard(setUp: () => void): void;
}

/** To know a method again, not to call it. */
type Listening = { readonly on: unknown };
type Writing = { readonly write: unknown };

/** A response as its framework hands it out: Node's own, or one that keeps headers for it. */
export type FrameworkResponse = NonNullable<Outcome["response"]>;

/** What a framework on `node:http` knows: all that an adapter has to tell. One object an app. */
export interface NodeAdapter<Request extends object, Response extends FrameworkResponse> {
  readonly reader: RequestReader<Request>;
  /** Node's own request behind the framework's. */
  readonly nodeRequest: (request: Request) => IncomingMessage;
  /** Node's own response behind the framework's. */
  readonly nodeResponse: (response: Response) => ServerResponse;
  /** For a framework that routes first: the route it matched, `null` for none. Then nothing waits for it, and `reader.route` is not asked. */
  readonly route?: (request: Request) => Route | null;
  /** Whether the framework's own parsers of JSON and text keep the context, so that only other bodies are bound to it. @default false */
  readonly parsesBodies?: boolean;
  /** Called before the first request whose Node request has this prototype: the place for set-up that needs a request. What it throws is counted. */
  readonly meet?: (request: Request, response: Response) => void;
  /** Called where what came is no request with a response of Node's, before it is passed on unobserved: the place to say what to write instead. */
  readonly misplaced?: (request: Request) => void;
}

/** Begins a request and goes on with it in its context. A request that has begun just goes on. */
export type NodeObserver<Request, Response> = (request: Request, response: Response, next: () => void) => void;

/**
 * All that an adapter for a framework on `node:http`, `https` or `http2` does with a request: it begins once, is held while the queue is full and the
 * service asked for that, runs in its context, and ends with its response. Heads of streams are noticed, and the parts of bodies come in the
 * context.
 */
export function observeNode<Request extends object, Response extends FrameworkResponse>(
  telemetry: RequestEngine,
  adapter: NodeAdapter<Request, Response>,
): NodeObserver<Request, Response> {
  const { reader, nodeRequest, nodeResponse, route, parsesBodies = false } = adapter;
  let requests: unknown;
  /**
   * By these methods the objects of a prototype are known again: to ask each for its prototype itself enters V8's runtime twice a request.
   * None yet is `null`: what has no such method is not known by that.
   */
  let listen: unknown = null;
  let write: unknown = null;

  /** Prototypes change with the app, not with the request. Answers whether there is something to observe. */
  function meet(request: Request, response: Response): boolean {
    const incoming = nodeRequest(request);
    const outgoing = nodeResponse(response);
    if (typeof (outgoing as Partial<ServerResponse>).on !== "function") {
      telemetry.guard(() => adapter.misplaced?.(request));
      return false;
    }
    telemetry.guard(() => {
      const isNew = requests !== Object.getPrototypeOf(incoming);
      requests = Object.getPrototypeOf(incoming);
      observeHeads(outgoing);
      if (!parsesBodies) bindAtFirstListener(incoming);
      if (isNew) adapter.meet?.(request, response);
    });
    // Read by now, as they may just have been covered.
    listen = (incoming as Listening).on;
    write = (outgoing as Writing).write;
    return true;
  }

  return function telemetryRequest(request, response, next) {
    const incoming = nodeRequest(request);
    if (!claimRequest(incoming)) return next();
    const outgoing = nodeResponse(response);
    if ((incoming as Listening).on !== listen || (outgoing as Writing).write !== write) {
      if (!meet(request, response)) return next();
    }
    const exchange = telemetry.begin(request, reader, route?.(request));
    if (exchange === asideExchange) return next();
    setExchange(incoming, exchange);
    observeEnd(exchange, incoming, outgoing, response);
    if (parsesBodies) bindUnparsedBody(exchange, incoming);
    const held = telemetry.backpressure?.();
    if (held === undefined) exchange.run(next);
    else goOnAfter(held, exchange, next);
  };
}

/** What the rest of the request throws is thrown outside of the promise, as it would be without it. */
function goOnAfter(held: Promise<void>, exchange: RequestExchange, next: () => void): void {
  void held.then(() => process.nextTick(() => exchange.run(next)));
}
