import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createTelemetry, type TelemetryEngine, type TelemetryOptions } from "@gossamer/core";
import { type FrameworkResponse, nodeReader, observeNode } from "@gossamer/core/adapter";
import type { IncomingMessage, ServerResponse } from "node:http";

export interface Shop {
  readonly engine: TelemetryEngine;
  readonly url: string;
  close(): Promise<void>;
}

/** A service on bare `node:http`: `/items/:id`, `/fails`, and whatever else matches no route. */
export async function startShop(options: TelemetryOptions = {}): Promise<Shop> {
  const engine = createTelemetry({
    serviceName: "shop",
    exporter: "none",
    diagnostics: "none",
    shutdown: { signals: false },
    sampleRatio: 1,
    ...options,
  });
  const item = engine.routes.get("/items/:id");
  const fails = engine.routes.get("/fails");
  const observe = observeNode<IncomingMessage, ServerResponse & FrameworkResponse>(engine, {
    reader: {
      ...nodeReader,
      route: (request: IncomingMessage) =>
        request.url?.startsWith("/items/") === true ? item : request.url === "/fails" ? fails : undefined,
    },
    nodeRequest: (request) => request,
    nodeResponse: (response) => response,
  });
  const server: Server = createServer((request, response) =>
    observe(request, response, () => {
      if (request.url?.startsWith("/items/") === true) engine.span("find", () => response.end("an item"));
      else {
        response.statusCode = request.url === "/fails" ? 500 : 404;
        response.end("no");
      }
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    engine,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
