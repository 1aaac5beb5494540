import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { contextOf, logControllerOf } from "./fastify-internals.ts";

type IncomingRequest = (this: unknown, request: FastifyRequest, ...more: unknown[]) => unknown;

/** Where a covered method keeps the one below it, known to every copy of this package: a service may give one controller to several apps. */
const below = Symbol.for("gossamer.incoming-request");

/** What a hook of ours is called once Fastify has bound it. */
const ownHook = "bound gossamerRequest";

/**
 * Has Fastify's own line "incoming request" written by our hook, where that is the first of the route: it comes right behind the place where Fastify
 * writes it, and there the request has a context, and so ids. Answers what writes it; undefined where Fastify writes none, or in a version that has no
 * controller for it.
 */
export function incomingLine(
  app: FastifyInstance,
): ((request: FastifyRequest, reply: FastifyReply) => void) | undefined {
  const controller = logControllerOf(app);
  const found = controller?.incomingRequest as (IncomingRequest & { readonly [below]?: IncomingRequest }) | undefined;
  const isLogging = "isLevelEnabled" in app.log && controller?.disableRequestLogging !== true;
  if (controller === undefined || found === undefined || !isLogging) return undefined;
  const write = found[below] ?? found;
  if (found[below] === undefined) {
    const later: IncomingRequest = function (this: unknown, request, ...more) {
      if (!beginsFirst(request)) write.call(this, request, ...more);
    };
    if (!Reflect.set(controller, "incomingRequest", Object.assign(later, { [below]: write }))) return undefined;
  }
  return (request, reply) => {
    if (beginsFirst(request)) write.call(controller, request, reply);
  };
}

/** Whether nothing of the service's can answer before our hook. */
function beginsFirst(request: FastifyRequest): boolean {
  return contextOf(request)?.onRequest?.[0]?.name === ownHook;
}
