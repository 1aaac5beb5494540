import type { Context } from "@opentelemetry/api";
import type { Route, RouteOptionsInUse } from "../route.ts";

/**
 * How the engine reads a request: one static object an adapter, its functions called only when the value is needed.
 *
 * None may throw or change the request.
 */
export interface RequestReader<Request> {
  /** The method as sent, upper-case for the known ones. */
  method(request: Request): string;
  /** The request target as sent: path with query, or whatever the client wrote. */
  target(request: Request): string;
  scheme(request: Request): "http" | "https";
  /** A header by its lower-case name; repeated ones joined with a comma, in the order they were sent. */
  header(request: Request, name: string): string | undefined;
  /** The client by the framework's own rules about proxies. */
  clientAddress(request: Request): string | undefined;
  /** The other end of the connection. Read at begin, because after an abort the socket no longer knows it. */
  peerAddress(request: Request): string | undefined;
  peerPort(request: Request): number | undefined;
  /** `1.1`, `2`. */
  httpVersion(request: Request): string;
  /** The route the framework matched, as far as it has come; undefined before, and when it matched none. The last answer counts. */
  route(request: Request): Route | undefined;
  /** Node's own request, for the sizes of bodies and the names of headers; without it they are not known. */
  stream?(request: Request): RequestStream | undefined;
  /** Asked as the request begins: the span that somebody else has begun for it and keeps on it, rather than active. */
  foundSpan?(request: Request): FoundSpan | undefined;
  /** Which options some route has, so that nobody looks for the others. One object for good; its members may turn true later. */
  readonly routeOptionsInUse: RouteOptionsInUse;
}

/** A span that another instrumentation began for a request, and keeps on the request. */
export interface FoundSpan {
  /** Whatever lies there: it is joined only if it is a server span that has not ended. */
  readonly span: unknown;
  /** The context in which whoever began it runs what belongs to it. */
  readonly context?: Context | undefined;
  /** Takes the place of that context. */
  readonly keep?: ((context: Context) => void) | undefined;
}

/** What is looked at of Node's own request, of HTTP/1 or HTTP/2, to tell the size of its body and the names of its headers. */
export interface RequestStream {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly httpVersionMajor: number;
  /** Whether all of it has come in. */
  readonly complete: boolean;
  /** The stream behind a request of HTTP/2. */
  readonly stream?: { readonly endAfterHeaders?: boolean | undefined } | undefined;
  readonly socket?: { readonly bytesWritten?: number | undefined } | null | undefined;
  push(part: unknown): boolean;
}
