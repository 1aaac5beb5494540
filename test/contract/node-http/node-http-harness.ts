import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createSecureServer, type ServerHttp2Session } from "node:http2";
import { createServer as createTlsServer } from "node:https";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Route, TelemetryEngine } from "@gossamer/core";
import {
  type AdapterHarness,
  type FixtureAnswer,
  type FixtureApp,
  type FixtureRoute,
  maxHeaderSize,
  type RunningApp,
} from "@gossamer/testing/contract";
import multer from "multer";
import { failed, matched, observe } from "node-http-adapter";

/** Bare `node:http` with a router of a few lines, and the adapter of the examples. */
export const nodeHttpHarness: AdapterHarness = {
  name: "node:http",
  async start(telemetry, fixture) {
    const listener = route(telemetry, fixture);
    const server = makeServer(fixture, telemetry === undefined ? listener : observe(telemetry, listener));
    const sessions = new Set<ServerHttp2Session>();
    server.on("session", (session: ServerHttp2Session) => sessions.add(session));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return {
      port: (server.address() as AddressInfo).port,
      async close() {
        for (const session of sessions) session.destroy();
        if ("closeAllConnections" in server) server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      },
    } satisfies RunningApp;
  },
};

function makeServer({ protocol, tls }: FixtureApp, listener: RequestListener): Server {
  if (protocol === "http2") return createSecureServer(tls, listener as never) as unknown as Server;
  return protocol === "tls"
    ? createTlsServer({ ...tls, maxHeaderSize }, listener)
    : createServer({ maxHeaderSize }, listener);
}

interface Entry {
  readonly fixture: FixtureRoute;
  readonly segments: readonly string[];
  readonly route: Route | undefined;
}

function route(telemetry: TelemetryEngine | undefined, { beforeRouting, routes }: FixtureApp): RequestListener {
  const entries: Entry[] = routes.map((fixture) => ({
    fixture,
    segments: fixture.path.split("/"),
    route: telemetry?.routes.get(fixture.path, fixture.options),
  }));
  return (request, response) => {
    const serve = async (): Promise<void> => {
      await beforeRouting(request);
      const found = find(entries, request);
      if (found === undefined) return answer(response, { status: 404, body: "no such route" });
      const { entry, params } = found;
      if (entry.route !== undefined) matched(request, entry.route);
      const body = await parse(entry.fixture, request, response);
      const result = await entry.fixture.handle({ params, body, request, response });
      if (result !== undefined) answer(response, result);
    };
    serve().catch((error: unknown) => {
      failed(request, error);
      const { status = 500 } = error as { status?: number };
      if (response.headersSent) response.destroy();
      else answer(response, { status, body: "failed" });
    });
  };
}

function find(
  entries: readonly Entry[],
  { method, url = "" }: IncomingMessage,
): { entry: Entry; params: Record<string, string> } | undefined {
  const wanted = method === "HEAD" ? "GET" : method;
  const path = (url.split("?", 1)[0] ?? "").replace(/^https?:\/\/[^/]*/, "").split("/");
  for (const entry of entries) {
    if (entry.fixture.method !== wanted || entry.segments.length !== path.length) continue;
    const params: Record<string, string> = {};
    const fits = entry.segments.every((segment, i) => {
      if (!segment.startsWith(":")) return segment === path[i];
      params[segment.slice(1)] = path[i] ?? "";
      return path[i] !== "";
    });
    if (fits) return { entry, params };
  }
  return undefined;
}

/** A body that cannot be read is the client's fault. */
async function parse({ body }: FixtureRoute, request: IncomingMessage, response: ServerResponse): Promise<unknown> {
  if (body === undefined) return undefined;
  if (body === "json") {
    try {
      return JSON.parse(await text(request)) as unknown;
    } catch (error) {
      throw Object.assign(error as Error, { status: 400 });
    }
  }
  await new Promise<void>((resolve, reject) => {
    multer().any()(request as never, response as never, (error: unknown) => {
      if (error === undefined) resolve();
      else reject(error as Error);
    });
  });
  return { ...(request as unknown as { body: object }).body };
}

function answer(response: ServerResponse, { status = 200, headers = {}, body }: FixtureAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (typeof body === "object" && !response.hasHeader("content-type")) {
    response.setHeader("content-type", "application/json");
  }
  response.end(typeof body === "object" ? JSON.stringify(body) : body);
}
