import {
  carryTelemetry,
  checkRouteOptions,
  engineOf,
  isTelemetry,
  sayWrongMount,
  type RouteOptions as TelemetryRouteOptions,
  type Telemetry,
  type TelemetryOptions,
  wrongMount,
} from "@gossamer/core/adapter";
import type { FastifyInstance, FastifyPluginCallback, FastifyRequest } from "fastify";
import fastifyPlugin from "fastify-plugin";
import type { CheckedRouteOptions } from "./checked-route-options.ts";
import { observe } from "./observe.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** What this route says of its own requests: `config: { ...telemetry.route({ stream: true }).config }`, or all of the route's options. */
    telemetry?: CheckedRouteOptions;
  }
}

/** What `app.register(telemetry, …)` takes: options, or what `createTelemetry` made. */
export type FastifyTelemetryOptions = TelemetryOptions<FastifyRequest> | Telemetry;

/** What Fastify itself reads from the options of any plugin. */
const registerOptions = new Set(["prefix", "logLevel", "logSerializers"]);

function plugin(app: FastifyInstance, source: FastifyTelemetryOptions, done: (error?: Error) => void): void {
  if (!isApp(app)) return handedOver(done);
  try {
    observe(app, engineOf(isTelemetry(source) ? source : own(source), plugin, "app.register(telemetry, …)"));
    done();
  } catch (error) {
    done(error as Error);
  }
}

function isApp(app: unknown): boolean {
  return typeof app === "object" && app !== null && "addHook" in app;
}

/** Called by somebody's hand, at start, or by Express as a middleware, with each request. */
function handedOver(next: unknown): void {
  if (typeof next !== "function") {
    throw wrongMount(
      "telemetry of @gossamer/fastify is a plugin, which Fastify calls: write app.register(telemetry, { … }).",
      plugin,
    );
  }
  sayWrongMount(
    'app.use(telemetry) of @gossamer/fastify observes no request: in Fastify write app.register(telemetry), in Express import it from "@gossamer/express" and write app.use(telemetry())',
  );
  (next as () => void)();
}

/** Without any the engine of this process is taken as it is: no options are not other options. */
function own(options: TelemetryOptions<FastifyRequest>): TelemetryOptions<never> | undefined {
  const entries = Object.entries(options).filter(([name]) => !registerOptions.has(name));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** The plugin, `app.register(telemetry)`, and the functions of this process's telemetry: `telemetry.span(…)`, `telemetry.status()`. */
export interface FastifyTelemetry extends FastifyPluginCallback<FastifyTelemetryOptions>, Telemetry {
  /** Options of one route, checked at once: `app.get("/report", telemetry.route({ stream: true }), handler)`. */
  readonly route: (options: TelemetryRouteOptions) => { config: { telemetry: CheckedRouteOptions } };
  readonly bind: Telemetry["bind"];
}

/**
 * Observes every request of a Fastify 5 app: `app.register(telemetry)`, before all other plugins.
 *
 * Takes options, or what `createTelemetry` made. Without either it uses what this process has, and starts it with the defaults if there is
 * nothing yet. Wrong options fail the start of the app with an `OptionError`; after that nothing throws into it. `app.close()` sends
 * what is there once the requests under way are answered.
 */
export const telemetry: FastifyTelemetry = carryTelemetry(
  Object.assign(fastifyPlugin(plugin, { fastify: "5.x", name: "@gossamer/fastify" }), {
    route: (options: TelemetryRouteOptions) => ({
      config: { telemetry: checkRouteOptions(options) as CheckedRouteOptions },
    }),
  }),
);
