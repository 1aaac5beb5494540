import type { FastifyRequest } from "fastify";

/** The steps of a request, in the order in which Fastify takes them. */
export const stepHooks = [
  "onRequest",
  "preParsing",
  "preValidation",
  "preHandler",
  "preSerialization",
  "onError",
  "onSend",
  "onResponse",
] as const;

export type StepHook = (typeof stepHooks)[number];
export type StepFunction = (this: unknown, ...args: unknown[]) => unknown;
type HookLists = Readonly<Partial<Record<StepHook, StepFunction[] | null>>>;

/** What Fastify keeps of a route: one object that all its requests share. Hooks and handler are bound to `server`. */
export interface RouteContext extends HookLists {
  handler: StepFunction;
  readonly server: object;
  readonly config?: { readonly url?: string } | undefined;
}

/** The route of a request as Fastify keeps it; undefined in a version that keeps it elsewhere. */
export function contextOf(request: FastifyRequest): RouteContext | undefined {
  return read(request, "fastify.context") as RouteContext | undefined;
}

/** What decides on Fastify's own lines, and writes them. */
export interface LogController {
  readonly disableRequestLogging?: unknown;
  incomingRequest?: unknown;
}

/** Undefined in a version that has none. */
export function logControllerOf(app: object): LogController | undefined {
  return read(app, "fastify.logController") as LogController | undefined;
}

/** Where a request of the route goes on after `reply.callNotFound()`. */
export function notFoundContextOf(context: RouteContext): RouteContext | null | undefined {
  return read(context, "fastify.404ContextKey") as RouteContext | null | undefined;
}

/** The hooks that hold for all routes of an instance, as they were given. In the lists of a route they come first. */
export function hooksOf(server: object): HookLists {
  return (read(server, "fastify.hooks") as HookLists | undefined) ?? {};
}

/** Fastify's own names for what it keeps to itself are symbols, other ones in each copy of it. The last found one is mostly right. */
const symbols = new Map<string, symbol>();

function read(holder: object, description: string): unknown {
  const known = symbols.get(description);
  const symbol = known !== undefined && known in holder ? known : find(holder, description);
  return symbol === undefined ? undefined : Reflect.get(holder, symbol);
}

function find(holder: object, description: string): symbol | undefined {
  for (let at: object | null = holder; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertySymbols(at).find((symbol) => symbol.description === description);
    if (found === undefined) continue;
    symbols.set(description, found);
    return found;
  }
  return undefined;
}
