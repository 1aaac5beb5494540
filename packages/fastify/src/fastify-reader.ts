import { nodeReader, type RequestReader } from "@gossamer/core/adapter";
import type { FastifyRequest } from "fastify";

/** What Fastify knows of a request better than Node: proxies, and the URL before it was rewritten. Its routes are told at begin. */
export const fastifyReader: RequestReader<FastifyRequest> = {
  method: ({ raw }) => nodeReader.method(raw),
  // `request.originalUrl` would put itself on the request.
  target: ({ raw }) => (raw as { originalUrl?: string }).originalUrl ?? nodeReader.target(raw),
  scheme: ({ raw }) => nodeReader.scheme(raw),
  header: ({ raw }, name) => nodeReader.header(raw, name),
  clientAddress: (request) => request.ip,
  peerAddress: ({ raw }) => nodeReader.peerAddress(raw),
  peerPort: ({ raw }) => nodeReader.peerPort(raw),
  httpVersion: ({ raw }) => nodeReader.httpVersion(raw),
  stream: ({ raw }) => raw,
  route: () => undefined,
  routeOptionsInUse: { sampling: true, stream: true },
};
