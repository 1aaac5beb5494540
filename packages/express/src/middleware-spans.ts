import { exchangeOf, OpenSteps, type TelemetryEngine } from "@gossamer/core/adapter";
import type { ExpressLayer, ExpressRequest, ExpressResponse, LayerHandle, Next } from "./express-types.ts";
import { optionsGiver } from "./route-options.ts";

type Middleware = (request: ExpressRequest, response: ExpressResponse, next: Next) => unknown;

/** Express knows an error handler by its four parameters. */
const errorHandlerLength = 4;

const spanned = new WeakSet<ExpressLayer>();
const ours = new WeakSet<LayerHandle>();

/** Keeps a function of the adapter's own from being taken for middleware of the service. */
export function notMiddleware<T extends object>(handle: T): T {
  ours.add(handle as unknown as LayerHandle);
  return handle;
}

/**
 * Gives a middleware a span that lasts until it calls `next`, fails, or the response is over. For `internalSpans` alone: the layer keeps its place;
 * without the option none is touched.
 */
export function spanMiddleware(telemetry: TelemetryEngine, layer: ExpressLayer): void {
  const { handle } = layer;
  if (layer.route !== undefined || handle.length >= errorHandlerLength || ours.has(handle) || leadsOn(handle)) return;
  if (spanned.has(layer) || optionsGiver(handle) !== undefined) return;
  spanned.add(layer);
  const original = handle as unknown as Middleware;
  const name = `middleware ${handle.name === "" ? "anonymous" : handle.name}`;
  function spannedMiddleware(this: unknown, request: ExpressRequest, response: ExpressResponse, next: Next): unknown {
    // In front of ours there is no request yet.
    if (exchangeOf(request) === undefined) return original.call(this, request, response, next);
    return telemetry.step(name, {}, (step) => {
      const over = open.add(response, () => step.end());
      const telemetryNext: Next = (error) => {
        over();
        if (request.next === telemetryNext) request.next = next;
        if (isError(error)) step.failed(error);
        else step.end();
        // What follows belongs to the request, not to this middleware.
        step.leave(() => next(error));
      };
      // Both are one function to a middleware that compares them, or calls the one in place of the other.
      if (request.next === next) request.next = telemetryNext;
      const result = original.call(this, request, response, telemetryNext);
      step.follow(result, "untilFailed");
      return result;
    });
  }
  layer.handle = notMiddleware(spannedMiddleware);
}

/** Middlewares that answer instead of calling on. */
const open = new OpenSteps();

/** A router or another app, whose middleware has layers of its own. */
function leadsOn(handle: LayerHandle): boolean {
  return Array.isArray(handle.stack) || handle.name === "mounted_app" || "mountpath" in handle;
}

/** Two words are no errors: they leave a route or a router. */
function isError(error: unknown): boolean {
  return error !== undefined && error !== null && error !== "route" && error !== "router";
}
