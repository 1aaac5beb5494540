import { exchangeOf, OpenSteps, type TelemetryEngine } from "@gossamer/core/adapter";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  contextOf,
  hooksOf,
  notFoundContextOf,
  type RouteContext,
  type StepFunction,
  type StepHook,
  stepHooks,
} from "./fastify-internals.ts";

/** These come behind an answer: they belong to the request, not to the step that answered. */
const answering: ReadonlySet<StepHook> = new Set(["preSerialization", "onError", "onSend", "onResponse"]);

/** What a span is made of, by the words that users of `@fastify/otel` know. */
interface StepSpan {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly isAnswering: boolean;
}

const spanned = new WeakSet<StepFunction>();
const ours = new WeakSet<StepFunction>();

/** Keeps hooks of the adapter's own from being taken for steps of the service. */
export function notSteps(...hooks: readonly object[]): void {
  for (const hook of hooks) ours.add(hook as StepFunction);
}

/** Steps that answer instead of going on. */
const open = new OpenSteps();

/**
 * Gives the hooks and handlers of an app a span each. For `internalSpans` alone: without the option nothing is touched.
 *
 * Fastify binds hooks and handler of a route when it is ready, also those that are older than our plugin. There they get their span, at the first
 * request of the route: `addHook`, `route` and what they are given stay as they are.
 */
export class StepSpans {
  readonly #telemetry: TelemetryEngine;
  readonly #spansHandlers: boolean;
  readonly #met = new WeakSet<RouteContext>();
  /** By hook: the plugin that added it, where that has a scope and a name of its own. */
  readonly #plugins = new WeakMap<StepFunction, string>();

  /** A framework that stands on Fastify has steps of its own behind its handlers, and hooks of its own that are there already. */
  constructor(telemetry: TelemetryEngine, app: FastifyInstance, isOfFramework: boolean) {
    this.#telemetry = telemetry;
    this.#spansHandlers = !isOfFramework;
    if (isOfFramework) for (const hooks of Object.values(hooksOf(app))) notSteps(...(hooks ?? []));
    this.#notePlugins(app);
  }

  /** Called before the first hook of a request. */
  meet(request: FastifyRequest): void {
    const context = contextOf(request);
    if (context !== undefined && this.#met.has(context)) return;
    this.#telemetry.guard(() => {
      if (context === undefined) throw new TypeError("This version of Fastify keeps its routes elsewhere.");
      this.#met.add(context);
      this.#spanContext(context);
      const notFound = notFoundContextOf(context);
      if (notFound !== undefined && notFound !== null) this.#spanContext(notFound);
    });
  }

  /** Called in front of the service's own hooks for answers: whoever gave this one is done. */
  answered({ raw }: FastifyReply): void {
    open.answered(raw);
  }

  #notePlugins(app: FastifyInstance): void {
    const plugins = this.#plugins;
    const { addHook } = app as unknown as { readonly addHook: StepFunction };
    const value = function (this: FastifyInstance, ...args: unknown[]): unknown {
      const hook = args[1];
      const plugin = pluginOf(this);
      if (typeof hook === "function" && plugin !== undefined) plugins.set(hook as StepFunction, plugin);
      return Reflect.apply(addHook, this, args);
    };
    for (const key of ["name", "length"] as const) Object.defineProperty(value, key, { value: addHook[key] });
    Object.defineProperty(app, "addHook", { configurable: true, enumerable: true, writable: true, value });
  }

  #spanContext(context: RouteContext): void {
    const given = hooksOf(context.server);
    for (const hook of stepHooks) {
      const bound = context[hook];
      if (bound === null || bound === undefined) continue;
      for (const [i, step] of bound.entries()) {
        const original = given[hook]?.[i];
        if (spanned.has(step) || (original !== undefined && ours.has(original))) continue;
        bound[i] = this.#span(step, this.#hookSpan(hook, step, original));
      }
    }
    const { handler, config } = context;
    if (this.#spansHandlers && !spanned.has(handler))
      context.handler = this.#span(handler, handlerSpan(handler, config?.url));
  }

  #hookSpan(hook: StepHook, step: StepFunction, original: StepFunction | undefined): StepSpan {
    const callback = nameOf(step);
    const plugin = original === undefined ? undefined : this.#plugins.get(original);
    return {
      name: `${hook} ${callback ?? plugin ?? anonymous}`,
      attributes: {
        "fastify.type": original === undefined ? "route-hook" : "hook",
        "hook.name": hook,
        "hook.callback.name": callback ?? anonymous,
        ...(plugin === undefined ? {} : { "plugin.name": plugin }),
      },
      isAnswering: answering.has(hook),
    };
  }

  #span(original: StepFunction, { name, attributes, isAnswering }: StepSpan): StepFunction {
    const telemetry = this.#telemetry;
    function spannedStep(this: unknown, ...args: unknown[]): unknown {
      const [request, reply] = args as [FastifyRequest, FastifyReply];
      const exchange = exchangeOf(request.raw);
      // In front of ours there is no request yet, and behind its end none any more.
      if (exchange === undefined || telemetry.current() === undefined) return Reflect.apply(original, this, args);
      if (isAnswering) open.answered(reply.raw);
      const options = isAnswering ? { attributes, parent: exchange.shownSpan } : { attributes };
      return telemetry.step(name, options, (step) => {
        let isRunning = true;
        let isOver = false;
        const stop = open.add(reply.raw, () => {
          isOver = true;
          // What it gives says more.
          if (!isRunning) step.end();
        });
        const done = args.at(-1);
        if (typeof done === "function") {
          args[args.length - 1] = (...news: unknown[]): unknown => {
            stop();
            isOver = true;
            if (isFailure(news[0])) step.failed(news[0]);
            else step.end();
            return step.leave(() => Reflect.apply(done, undefined, news) as unknown);
          };
        }
        const result: unknown = Reflect.apply(original, this, args);
        isRunning = false;
        // A value of a handler is its answer, and so is a thenable that only begins its work when Fastify asks it.
        if (step.follow(result)) stop();
        else if (isOver || result !== undefined) {
          stop();
          step.end();
        }
        return result;
      });
    }
    spanned.add(spannedStep);
    return spannedStep;
  }
}

const anonymous = "anonymous";

function handlerSpan(handler: StepFunction, url: string | undefined): StepSpan {
  const callback = nameOf(handler);
  return {
    name: `handler ${callback ?? url ?? anonymous}`,
    attributes: { "fastify.type": "request-handler", "hook.callback.name": callback ?? anonymous },
    isAnswering: false,
  };
}

/** The name that the service gave a function; Fastify has bound it since, the hooks of a 404 handler twice. */
function nameOf(bound: StepFunction): string | undefined {
  const name = bound.name.replace(/^(?:bound )+/, "");
  return name === "" ? undefined : name;
}

/**
 * The plugin whose instance this is. The instance of a plugin without a scope of its own has the names of all that came before it: then nobody knows which
 * one adds a hook. A plugin that is a function without a name has a piece of its source for one.
 */
function pluginOf({ pluginName }: FastifyInstance): string | undefined {
  return pluginName !== "fastify" && /^[@\w./-]+$/.test(pluginName) ? pluginName : undefined;
}

/** As Fastify sees it. */
function isFailure(error: unknown): boolean {
  return Boolean(error);
}
