import type { Attributes } from "./attributes.ts";
import type { LogLevel } from "./choices.ts";

/** What a request does where several things share one path: an operation of GraphQL, a procedure of RPC. */
export interface OperationName {
  readonly kind: "graphql" | "rpc";
  /** As the client or the service named it: `GetUser`, `user.byId`, `shop.v1.Users/Get`. Without one it is anonymous. */
  readonly name?: string | undefined;
  /** `query`, `mutation` or `subscription`; of RPC the system, such as `trpc` or `connect`. */
  readonly type?: string | undefined;
}

/** An operation as it is told: one object for all requests that name it. */
export interface Operation {
  /** As rules know it: `graphql:GetUser`. */
  readonly label: string;
  /** `query GetUser`. */
  readonly spanName: string;
  /** On span and metric alike. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a route says of its own requests. It wins over every rule, not over a trusted parent. */
export interface RouteOptions {
  /** Takes the place of the route template in the span's name: `{method} {name}`. */
  name?: string;
  /** Put on the span of every recorded request of the route. */
  attributes?: Attributes;
  /** `false`: no trace of this route, also not when it fails. Its metrics stay exact. @default true */
  trace?: boolean;
  /** The share of this route's requests that are traced, from 0 to 1. */
  ratio?: number;
  /** What the `priority` sampler looks up where it is told to ask the route. */
  priority?: string;
  /**
   * The response is a stream: the duration is the time to its headers, and its lifetime is recorded apart. An answer that leaves in one go, headers
   * and all, is none. @default false
   */
  stream?: boolean;
  /** The lane in which its traces leave, unless they fail: `jobs` sends few large batches, a minute apart. @default "http" */
  lane?: "http" | "jobs";
  /**
   * The level of the log line of a request that went well. Below `info` it is written only when the logger's own level lets it through; from
   * `warn` on always. `false`: no line, unless the request fails. @default "info"
   */
  log?: LogLevel | false;
  /** From how long on a request of this route is slow, in ms, in place of `keep.slowerThanMs`. */
  slowerThanMs?: number;
}

/** Which route options were given to any route of an adapter. */
export interface RouteOptionsInUse {
  /** `trace` or `ratio`: a decision then waits for the route where it can. */
  readonly sampling: boolean;
  readonly stream: boolean;
}

/** None so far, and none to come. */
export const noRouteOptionsInUse: RouteOptionsInUse = Object.freeze({ sampling: false, stream: false });

/**
 * A route template the framework matched. One object a template and options: rooms keep what they know of it in arrays by `id`.
 */
export interface Route {
  /** From 0, dense; -1 when more routes were seen than the table holds. */
  readonly id: number;
  /** Empty for requests that matched none and have options all the same: they count as those without a route. */
  readonly template: string;
  readonly options: RouteOptions;
  /** What a request to it does, once somebody has named it: each operation is a route of its own. */
  readonly operation?: Operation | undefined;
}

const noOptions: RouteOptions = Object.freeze({});

/** Hands out one {@link Route} a template, at most `limit` of them; beyond it, routes without a number that share the overflow series. */
export class RouteTable {
  readonly #limit: number;
  readonly #plain = new Map<string, Route>();
  readonly #withOptions = new WeakMap<RouteOptions, Map<string, Route>>();
  /** Routes by what they do, behind the route that they share. */
  readonly #named = new Map<Route, Map<Operation, Route>>();
  #size = 0;

  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  get(template: string, options: RouteOptions = noOptions): Route {
    let routes = this.#plain;
    if (options !== noOptions) {
      const known = this.#withOptions.get(options);
      routes = known ?? new Map<string, Route>();
      if (known === undefined) this.#withOptions.set(options, routes);
    }
    let route = routes.get(template);
    if (route === undefined) {
      route = this.#made(template, options, undefined);
      if (route.id >= 0) routes.set(template, route);
    }
    return route;
  }

  /** The route of one operation; of requests that matched none too. */
  named(route: Route | undefined, operation: Operation): Route {
    const shared = route ?? this.get("");
    // One without a number is another object each time.
    if (shared.id < 0) return this.#made(shared.template, shared.options, operation);
    const known = this.#named.get(shared) ?? new Map<Operation, Route>();
    this.#named.set(shared, known);
    let named = known.get(operation);
    if (named === undefined) {
      named = this.#made(shared.template, shared.options, operation);
      if (named.id >= 0) known.set(operation, named);
    }
    return named;
  }

  /** Whether requests to it were named, so that the next one will be. */
  hasOperations(route: Route | undefined): boolean {
    return this.#named.size > 0 && this.#named.has(route ?? this.get(""));
  }

  #made(template: string, options: RouteOptions, operation: Operation | undefined): Route {
    const id = this.#size < this.#limit ? this.#size++ : -1;
    return Object.freeze({ id, template, options, operation });
  }
}
