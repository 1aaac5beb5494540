import type { ExpressLayer, ExpressRequest, ExpressResponse, Next } from "./express-types.ts";

type Note = (request: ExpressRequest) => void;

/** What is noted at each layer: by the last engine that knows it. */
const noted = new WeakMap<ExpressLayer, { note: Note }>();

/**
 * Has something noted of each request that comes to the layer of a route, at its turn: a request may match several routes, and where mounts took it
 * is known only meanwhile. The layer keeps its place; false where it takes no other function.
 */
export function noteAt(layer: ExpressLayer, note: Note): boolean {
  const known = noted.get(layer);
  if (known !== undefined) {
    known.note = note;
    return true;
  }
  const { handle } = layer;
  const own = { note };
  function telemetryRoute(this: unknown, request: ExpressRequest, response: ExpressResponse, next: Next): unknown {
    own.note(request);
    return (handle as (...args: unknown[]) => unknown).call(this, request, response, next);
  }
  try {
    layer.handle = telemetryRoute;
  } catch {
    // Frozen.
    return false;
  }
  noted.set(layer, own);
  return true;
}
