import type { ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { type FixtureApp, maxHeaderSize, type RunningApp } from "@gossamer/testing/contract";
import { fastify, type FastifyInstance, type FastifyServerOptions } from "fastify";

/** An app that listens by the protocol, once it is served. */
export function createApp(
  { protocol, tls }: Pick<FixtureApp, "protocol" | "tls">,
  options: FastifyServerOptions = {},
): FastifyInstance {
  const all = { routerOptions: { maxParamLength: maxHeaderSize }, ...options };
  // One type for all three: what differs is the server's, and no case asks it.
  const make = fastify as (options: object) => FastifyInstance;
  if (protocol === "http2") return make({ ...all, http2: true, https: tls });
  return make(protocol === "tls" ? { ...all, https: { ...tls, maxHeaderSize } } : { ...all, http: { maxHeaderSize } });
}

/** Serves an app on a free port of 127.0.0.1. */
export async function serve(app: FastifyInstance): Promise<RunningApp> {
  const { server } = app;
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session: ServerHttp2Session) => sessions.add(session));
  await app.listen({ port: 0, host: "127.0.0.1" });
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const session of sessions) session.destroy();
      // A server of HTTP/2 has no such function.
      if ("closeAllConnections" in server) server.closeAllConnections();
      await app.close();
    },
  };
}
