import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { Express, NextFunction, Request, Response } from "express";
import type { InProcessRequest } from "../harness/in-process-client.ts";
import type { ScalingPoint } from "./scaling-point.ts";

/** Coprime to the numbers of routes, so that requests visit all of them, neighbours never one after the other. */
const stride = 1237;

/**
 * An Express service with that many routes, in routers of about the root of their number.
 *
 * Express looks at one route after the other: 5,000 in one list would cost a bare request some hundred microseconds, in whose noise nothing that
 * telemetry does could be seen.
 *
 * @param work what the handler does before it answers: nothing in a bare service
 */
export function createScalingServer(
  { routes, failing, concurrent }: ScalingPoint,
  mount?: (app: Express) => void,
  work?: () => void,
): Server {
  const express = createRequire(import.meta.url)("express") as typeof import("express");
  const app = express();
  mount?.(app);
  const answer = (request: Request, response: Response): void => {
    response.json({ id: request.params["id"], state: "shipped", total: 59.9 });
  };
  const handle = (request: Request, response: Response): void => {
    work?.();
    if (failing) throw new Error("the payment service refused");
    if (concurrent === 0) answer(request, response);
    else setImmediate(answer, request, response);
  };
  const perRouter = routesPerRouter(routes);
  for (let first = 0; first < routes; first += perRouter) {
    const router = express.Router();
    for (let i = first; i < Math.min(routes, first + perRouter); i++) router.get(`/r${i}/:id`, handle);
    app.use(`/g${first / perRouter}`, router);
  }
  app.use((error: Error, _request: Request, response: Response, _next: NextFunction) => {
    response.status(500).json({ error: error.message });
  });
  return createServer(app);
}

function routesPerRouter(routes: number): number {
  return Math.ceil(Math.sqrt(routes));
}

const headers = ["Host", "orders.example:8080", "User-Agent", "curl/8.5.0", "Accept", "*/*"];

/** Requests that visit every route equally often: a thousand, or one a route where there are more. */
export function scalingRequests(routes: number): InProcessRequest[] {
  const perRouter = routesPerRouter(routes);
  return Array.from({ length: Math.max(1000, routes) }, (_, i) => {
    const route = (i * stride) % routes;
    return { method: "GET", target: `/g${Math.trunc(route / perRouter)}/r${route}/${1000 + i}`, headers };
  });
}
