import { setImmediate } from "node:timers/promises";
import { exchangeOf, observeNode, type RouteOptions, type TelemetryEngine } from "@gossamer/core/adapter";
import type {
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  onCloseAsyncHookHandler,
  onErrorHookHandler,
  onReadyHookHandler,
  onRouteHookHandler,
  onSendHookHandler,
} from "fastify";
import { fastifyReader } from "./fastify-reader.ts";
import { checkedOptions, FastifyRoutes } from "./fastify-routes.ts";
import { findsSpan, tellSecondSpan } from "./found-span.ts";
import type { CheckedRouteOptions } from "./checked-route-options.ts";
import { incomingLine } from "./incoming-line.ts";
import { tellOwnLines } from "./own-lines.ts";
import { notSteps, StepSpans } from "./step-spans.ts";

/** What a framework that stands on Fastify, such as Nest, knows of the routes it made. */
export interface FrameworkRoutes {
  /** The options that a handler carries in its framework's own way. Asked once a route, when it is added. */
  optionsOf?(handler: object): RouteOptions | undefined;
  /** Whether the framework gives its own steps spans, for `internalSpans`: its handlers, and its hooks that were there before ours. @default false */
  readonly spansItsSteps?: boolean;
}

/** A hook as Fastify calls it: `done` goes on with the request. */
export type RequestHook = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;

interface Hooks {
  readonly gossamerError: onErrorHookHandler;
  readonly gossamerSend: onSendHookHandler;
  readonly gossamerRoute: onRouteHookHandler;
  readonly gossamerReady: onReadyHookHandler;
  readonly gossamerClose: onCloseAsyncHookHandler;
}

/**
 * Tells the engine when a request of a Fastify app begins, what its route is, and how it ended.
 *
 * Answers the hook that begins a request, for a framework that can call it before the hooks it added itself: for one request it acts once.
 */
export function observe(app: FastifyInstance, telemetry: TelemetryEngine, framework?: FrameworkRoutes): RequestHook {
  if (!telemetry.enabled) return (_request, _reply, done) => done();
  const routes = new FastifyRoutes(telemetry);
  const findSpan = findsSpan(app);

  // Sync hooks that call on: an async one would cost a promise a request.
  const telemetryRequest: RequestHook = observeNode<FastifyRequest, FastifyReply>(telemetry, {
    reader: findSpan === undefined ? fastifyReader : { ...fastifyReader, foundSpan: findSpan },
    nodeRequest: ({ raw }) => raw,
    nodeResponse: ({ raw }) => raw,
    route: (request) => routes.get(request),
    parsesBodies: true,
  });
  // Methods, as their names are printed with the app's hooks: those of functions do not outlive a minifier.
  const hooks: Hooks = {
    gossamerError(request, _reply, error, done) {
      exchangeOf(request.raw)?.failed(error);
      done();
    },
    gossamerSend(_request, reply, payload, done) {
      steps?.answered(reply);
      done(null, payload);
    },
    gossamerRoute(route) {
      const options = route.config?.telemetry ?? framework?.optionsOf?.(route.handler);
      if (options !== undefined)
        route.config = { ...route.config, telemetry: checkedOptions(options) as CheckedRouteOptions };
    },
    gossamerReady(done) {
      telemetry.guard(() => tellSecondSpan(app, telemetry, findSpan));
      telemetry.guard(() => tellOwnLines(app, telemetry));
      done();
    },
    // Fastify closes its server before its plugins: the requests under way are over by then, but for the events that say so.
    async gossamerClose() {
      await setImmediate();
      await telemetry.flush();
    },
  };
  const steps = telemetry.internalSpans ? new StepSpans(telemetry, app, framework?.spansItsSteps === true) : undefined;
  const writeLine = incomingLine(app);
  const enter: RequestHook =
    writeLine === undefined
      ? telemetryRequest
      : (request, reply, done) =>
          telemetryRequest(request, reply, () => {
            writeLine(request, reply);
            done();
          });
  const begin: RequestHook =
    steps === undefined
      ? enter
      : (request, reply, done) => {
          steps.meet(request);
          enter(request, reply, done);
        };
  Object.defineProperty(begin, "name", { value: "gossamerRequest" });
  app.addHook("onRequest", begin);
  if (steps !== undefined) app.addHook("onSend", hooks.gossamerSend);
  notSteps(begin, hooks.gossamerError, hooks.gossamerSend);
  app.addHook("onError", hooks.gossamerError);
  app.addHook("onRoute", hooks.gossamerRoute);
  app.addHook("onReady", hooks.gossamerReady);
  app.addHook("onClose", hooks.gossamerClose);
  return begin;
}
