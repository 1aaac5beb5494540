import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { Express, NextFunction, Request, Response } from "express";
import type { InProcessRequest } from "../harness/in-process-client.ts";

/** `answers`: every request is a 200. `errors`: every request throws and is answered with a 500 by the service's own error handler. */
export type Workload = "answers" | "errors";

/**
 * The small Express service that every contestant serves: one middleware, a route with a parameter that answers JSON, and one that throws.
 *
 * Express is required when this is called, so that telemetry which patches modules has had its turn. `mount` is called before anything
 * else is registered.
 */
export function createOrdersService(mount?: (app: Express) => void): Server {
  const express = createRequire(import.meta.url)("express") as typeof import("express");
  const app = express();
  mount?.(app);
  app.use((_request, response, next) => {
    response.setHeader("cache-control", "no-store");
    next();
  });
  app.get("/orders/:id", (request, response) => {
    response.json({
      id: request.params.id,
      state: "shipped",
      items: [
        { sku: "A-17", count: 2 },
        { sku: "B-4", count: 1 },
      ],
      total: 59.9,
    });
  });
  app.get("/orders/:id/refund", () => {
    throw new Error("the payment service refused");
  });
  app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
    response.status(500).json({ error: error.message });
  });
  return createServer(app);
}

const headers = [
  ...[
    "Host",
    "orders.example:8080",
    "User-Agent",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "Accept",
    "application/json",
  ],
  ...["Accept-Encoding", "gzip, deflate, br", "X-Request-Id", "5f0c2f6e-6b0e-4a5c", "Connection", "keep-alive"],
];

/** A thousand requests of a kind, each for another order. */
export function requestsOf(workload: Workload): InProcessRequest[] {
  const tail = workload === "errors" ? "/refund" : "";
  return Array.from({ length: 1000 }, (_, i) => ({ method: "GET", target: `/orders/${1000 + i}${tail}`, headers }));
}
