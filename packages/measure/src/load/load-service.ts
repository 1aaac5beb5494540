import type { IncomingMessage, ServerResponse } from "node:http";
import type { TelemetryEngine } from "@gossamer/core";
import { nodeReader, observeNode } from "@gossamer/core/adapter";
import type { HttpWorkload } from "../workload.ts";

/** The service of a load test that names none: it answers an order, looked up in a step of its own. */
const service: HttpWorkload = {
  app(given) {
    if (given === undefined) return answer;
    const observe = observeNode<IncomingMessage, ServerResponse>(given, {
      reader: { ...nodeReader, route: () => given.routes.get("/orders/:id") },
      nodeRequest: (request) => request,
      nodeResponse: (response) => response,
    });
    return (request, response) => observe(request, response, () => answer(request, response, given));
  },
  requests: Array.from({ length: 10 }, (_, i) => `/orders/${i}`),
};

function answer(request: IncomingMessage, response: ServerResponse, telemetry?: TelemetryEngine): void {
  const order = telemetry === undefined ? find(request) : telemetry.span("find order", () => find(request));
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(order));
}

function find({ url = "" }: IncomingMessage): object {
  return { id: Number(url.slice(url.lastIndexOf("/") + 1)), state: "shipped", items: [{ sku: "A-17", quantity: 2 }] };
}

export default service;
