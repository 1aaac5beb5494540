import type { IncomingMessage, ServerResponse } from "node:http";

// What of Express 4 and 5 the adapter looks at. Express's own types describe one version, and say nothing of the router's insides.

/** A request on its way through Express. */
export interface ExpressRequest extends IncomingMessage {
  originalUrl?: string;
  baseUrl?: string;
  route?: ExpressRoute;
  app?: ExpressApp;
  readonly ip?: string | undefined;
  /** Of the URL as the router has it at the time. */
  readonly path?: string | undefined;
  readonly res?: ServerResponse;
  next?: Next;
  readonly protocol?: string;
  /** Of whoever begins spans by hand. */
  readonly span?: unknown;
}

export interface ExpressResponse extends ServerResponse {
  req: ExpressRequest;
}

export type Next = (error?: unknown) => void;

export interface ExpressApp {
  readonly request: object;
  readonly response: object;
  /** The pattern or patterns the app was mounted at. */
  readonly mountpath?: RoutePattern;
  /** The app it was mounted on. */
  readonly parent?: ExpressApp;
  /** The router of Express 4. */
  readonly _router?: ExpressRouter;
  /** The router of Express 5; in Express 4 reading it throws. */
  readonly router?: ExpressRouter;
  use(handler: unknown): unknown;
  use(path: RoutePattern, handler: unknown): unknown;
}

export type RoutePattern = string | RegExp | readonly RoutePattern[];

export interface ExpressRouter {
  readonly stack: readonly ExpressLayer[];
}

export interface ExpressRoute {
  readonly path: RoutePattern;
  readonly stack?: readonly ExpressLayer[];
}

export interface ExpressLayer {
  /** A text in the stacks of connect, which are none of Express. */
  readonly route?: ExpressRoute | string | undefined;
  handle: LayerHandle;
  /** Of a layer inside a route: the method it is for, lower case; undefined for all. */
  readonly method?: string | undefined;
  /** Express 5.3: the pattern as it was given. */
  readonly rawPath?: RoutePattern;
  /** Express 5: one function a pattern. */
  readonly matchers?: readonly ((path: string) => { readonly path: string; readonly params: Params } | false)[];
  /** Express 5 before 5.3, for the mount at "/", which matches without looking. */
  readonly slash?: boolean;
  /** Express 4. */
  readonly regexp?: RegExp & { readonly fast_star?: boolean; readonly fast_slash?: boolean };
  /** Express 4. */
  readonly keys?: readonly { readonly name: string | number }[];
}

export type Params = Readonly<Record<string, unknown>>;

export type LayerHandle = ((...args: never[]) => unknown) & {
  readonly stack?: readonly ExpressLayer[];
  /** What `telemetry.route` answered: itself, or what it wraps. */
  readonly telemetryRoute?: LayerHandle;
};
