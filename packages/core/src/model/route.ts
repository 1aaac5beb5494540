import type { Attributes } from "./attributes.ts";
import type { LogLevel } from "./choices.ts";

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
}

const noOptions: RouteOptions = Object.freeze({});

/** Hands out one {@link Route} a template, at most `limit` of them; beyond it, routes without a number that share the overflow series. */
export class RouteTable {
  readonly #limit: number;
  readonly #plain = new Map<string, Route>();
  readonly #withOptions = new WeakMap<RouteOptions, Map<string, Route>>();
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
      const fits = this.#size < this.#limit;
      route = Object.freeze({ id: fits ? this.#size : -1, template, options });
      if (fits) {
        this.#size++;
        routes.set(template, route);
      }
    }
    return route;
  }
}
