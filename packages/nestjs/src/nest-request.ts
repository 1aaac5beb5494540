import type { IncomingHttpHeaders } from "node:http";

/** What the requests of Express and of Fastify have in common: what functions among the options are given, unless they name the request's type. */
export interface NestRequest {
  readonly method: string;
  /** The target as the client sent it. */
  readonly originalUrl: string;
  readonly headers: IncomingHttpHeaders;
  readonly ip?: string | undefined;
  readonly hostname: string;
  readonly protocol: string;
  readonly params: unknown;
  readonly query: unknown;
}
