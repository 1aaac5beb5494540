import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createSecureServer, Http2ServerRequest, Http2ServerResponse, type ServerHttp2Session } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Express } from "express";
import { type FixtureApp, maxHeaderSize, type RunningApp } from "@gossamer/testing/contract";

/** Serves an app by the protocol, on a free port of 127.0.0.1. */
export async function serve(
  app: Express,
  { protocol, tls }: Pick<FixtureApp, "protocol" | "tls">,
): Promise<RunningApp> {
  if (protocol === "http2") return serveHttp2(app, tls);
  const server: Server =
    protocol === "tls" ? createTlsServer({ ...tls, maxHeaderSize }, app) : createServer({ maxHeaderSize }, app);
  const port = await listen(server);
  return {
    port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Express sets its own prototypes on every request, and those extend the classes of HTTP/1. Over HTTP/2 an app needs prototypes that extend the
 * classes of HTTP/2 and carry the same functions; that is all the bridge does.
 */
async function serveHttp2(app: Express, tls: FixtureApp["tls"]): Promise<RunningApp> {
  // `req` and `res` are own properties in Express, and getters without a setter in HTTP/2.
  const link = { configurable: true, enumerable: false, writable: true, value: undefined };
  app.request = bridge(app.request, Http2ServerRequest.prototype, { res: link });
  app.response = bridge(app.response, Http2ServerResponse.prototype, { req: link });
  const server = createSecureServer(tls, (request, response) => {
    Object.setPrototypeOf(request, app.request);
    Object.setPrototypeOf(response, app.response);
    (app as unknown as RequestListener)(request as never, response as never);
  });
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
  });
  const port = await listen(server);
  return {
    port,
    async close() {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The app's own prototype, on a copy of Express's, on Node's for HTTP/2. */
function bridge<Prototype extends object>(own: Prototype, node: object, more: PropertyDescriptorMap): Prototype {
  const express = Object.getPrototypeOf(own) as object;
  const middle = Object.create(node, { ...Object.getOwnPropertyDescriptors(express), ...more }) as object;
  return Object.create(middle, Object.getOwnPropertyDescriptors(own)) as Prototype;
}

async function listen(server: { listen(port: number, host: string): unknown; address(): unknown }): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server as never, "listening");
  return (server.address() as AddressInfo).port;
}
