import { createServer, type RequestListener, Server } from "node:http";
import { Server as SecureServer } from "node:https";
import { Complaint } from "../workload-error.ts";
import type { App } from "../workload.ts";

/** The server behind a service, ready for requests. It does not listen. Throws for what is none. */
export async function serverOf(app: App): Promise<Server> {
  const server = await find(app);
  if (server.listenerCount("request") === 0) throw new Complaint("made a server without a listener for requests");
  return server;
}

async function find(app: App): Promise<Server> {
  if (typeof app === "function") return createServer(app);
  if (isServer(app)) return app;
  const { ready, server, init, getHttpServer, callback } = app as {
    [Name in "ready" | "server" | "init" | "getHttpServer" | "callback"]?: unknown;
  };
  if (typeof ready === "function" && isServer(server)) {
    await ready.call(app);
    return server;
  }
  if (typeof init === "function" && typeof getHttpServer === "function") {
    await init.call(app);
    const inner: unknown = getHttpServer.call(app);
    if (isServer(inner)) return inner;
  }
  if (typeof callback === "function") return createServer(callback.call(app) as RequestListener);
  throw new Complaint(
    "made no service: app() must answer a function of request and response, a server of node:http, or an application of Fastify, Nest or Koa",
  );
}

function isServer(value: unknown): value is Server {
  return value instanceof Server || value instanceof SecureServer;
}
