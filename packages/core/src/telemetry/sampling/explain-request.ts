import { exchangeOf } from "../../exchange/node/attached-exchange.ts";
import type { RouteOptions } from "../../model/route.ts";

/** A request as one would tell it. */
export interface ExplainRequest {
  /** @default "GET" */
  readonly method?: string | undefined;
  /** The path with or without its query, for rules on the raw path. */
  readonly path?: string | undefined;
  /** The template of the route that it would match; without one it matches none. */
  readonly route?: string | undefined;
  /** What it would be named: `graphql:GetUser`. */
  readonly operation?: string | undefined;
  /** What that route says of itself. */
  readonly routeOptions?: RouteOptions | undefined;
  /** Names in any case. A `traceparent` is taken as that of a trusted caller. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
}

/** A request that is being served, as `node:http` or a framework hands it out. */
export interface ServedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What frameworks have besides. */
interface FrameworkRequest extends ServedRequest {
  /** Before routers and rewriting cut it. */
  readonly originalUrl?: unknown;
  /** Node's own request, behind one of Fastify's. */
  readonly raw?: unknown;
}

/** A request in words: one that is served in its own, with the route that it has matched so far where it is observed. */
export function told(request: ExplainRequest | ServedRequest): ExplainRequest {
  if (!isServed(request)) return request;
  const { method, url, headers, originalUrl, raw } = request;
  const route = (exchangeOf(request) ?? (isObject(raw) ? exchangeOf(raw) : undefined))?.route;
  return {
    method,
    path: typeof originalUrl === "string" ? originalUrl : url,
    headers,
    ...(route === undefined
      ? {}
      : { route: route.template, routeOptions: route.options, operation: route.operation?.label }),
  };
}

/** What is told in words has a path, never a URL. */
function isServed(request: unknown): request is FrameworkRequest {
  return isObject(request) && typeof (request as FrameworkRequest).url === "string";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
