import { exchangeOf } from "@gossamer/core/adapter";
import type { ExpressLayer, ExpressRequest, ExpressResponse, LayerHandle, Next } from "./express-types.ts";

type ErrorHandler = (error: unknown, request: ExpressRequest, response: ExpressResponse, next: Next) => unknown;

/** Layers, not functions: `express-async-errors` has a layer wrap what it is given, so that it never holds a function of ours. */
const noted = new WeakSet<ExpressLayer>();
const ours = new WeakSet<LayerHandle>();

/** Express knows an error handler by its four parameters. */
const errorHandlerLength = 4;

/**
 * Lets the exchange know what an error handler of the service is given, before it answers.
 *
 * Express has no other place that sees every error: ours would have to stand behind all routes and before all error handlers of the service,
 * while `app.use(telemetry())` stands in front of them. The layer keeps its place and its arity; only the function it calls notes first.
 */
export function noteErrorsAt(layer: ExpressLayer): void {
  const { handle } = layer;
  if (layer.route !== undefined || handle.length !== errorHandlerLength || ours.has(handle) || noted.has(layer)) return;
  noted.add(layer);
  const original = handle as unknown as ErrorHandler;
  layer.handle = asErrorHandler((error, request, response, next) => original(error, request, response, next));
}

/** An error handler that lets the exchange know what it is given, and is known as ours. */
export function asErrorHandler(then: ErrorHandler): LayerHandle {
  // The arity is what makes it an error handler.
  function telemetryError(error: unknown, request: ExpressRequest, response: ExpressResponse, next: Next): unknown {
    exchangeOf(request)?.failed(error);
    return then(error, request, response, next);
  }
  const handle = telemetryError as unknown as LayerHandle;
  ours.add(handle);
  return handle;
}
