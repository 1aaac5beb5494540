import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { Express, NextFunction, Request, Response } from "express";
import type { Work } from "./work.ts";

/**
 * The small Express service that every contestant serves: one middleware, a route with a parameter that answers JSON, and one that throws.
 *
 * Express is required when this is called, so that telemetry which patches modules has had its turn. `mount` is called before anything
 * else is registered; `work` is done before the JSON is answered.
 */
export function createOrdersService(mount?: (app: Express) => void, work?: Work): Server {
  const express = createRequire(import.meta.url)("express") as typeof import("express");
  const app = express();
  mount?.(app);
  app.use((_request, response, next) => {
    response.setHeader("cache-control", "no-store");
    next();
  });
  if (work !== undefined) {
    app.get("/orders/:id", (request, response, next) => {
      work(request.params.id, (error) => (error === undefined ? answer(request, response) : next(error)));
    });
  } else app.get("/orders/:id", answer);
  app.get("/orders/:id/refund", () => {
    throw new Error("the payment service refused");
  });
  app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
    response.status(500).json({ error: error.message });
  });
  return createServer(app);
}

function answer(request: Request<{ id: string }>, response: Response): void {
  response.json({
    id: request.params.id,
    state: "shipped",
    items: [
      { sku: "A-17", count: 2 },
      { sku: "B-4", count: 1 },
    ],
    total: 59.9,
  });
}
