import type { IncomingMessage, ServerResponse } from "node:http";
import type { Type } from "@nestjs/common";
import type { AbstractHttpAdapter } from "@nestjs/core";
import type { AdapterHarness, FixtureAnswer, FixtureApp, FixtureRoute } from "@gossamer/testing/contract";
import { decorate } from "./decorate.ts";
import type { NestModules } from "./nest-modules.ts";
import { rootModule } from "./with-nest.ts";

interface NestRequest extends IncomingMessage {
  readonly raw?: IncomingMessage;
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Nest, of whichever version and platform, with our module. */
export function nestHarness(
  name: string,
  nest: NestModules,
  knownGaps: NonNullable<AdapterHarness["knownGaps"]>,
): AdapterHarness {
  const { core, gossamer, platform } = nest;
  return {
    name,
    knownGaps,
    async start(telemetry, fixture) {
      const adapter = platform.adapter(fixture);
      const root = rootModule(nest, {
        imports: telemetry === undefined ? [] : [gossamer.TelemetryModule.forRoot(telemetry)],
        controllers: [fixtureController(nest, fixture, adapter, telemetry !== undefined)],
      });
      const app = await core.NestFactory.create(root, adapter, { logger: false, abortOnError: false });
      platform.beforeRouting(app, fixture.beforeRouting);
      await app.init();
      const { port, close } = await platform.serve(adapter, fixture);
      return {
        port,
        async close() {
          await close();
          await app.close();
        },
      };
    },
  };
}

/** One controller with a handler a route. */
function fixtureController(
  nest: NestModules,
  { routes }: FixtureApp,
  adapter: AbstractHttpAdapter,
  instrumented: boolean,
): Type<unknown> {
  const { common, gossamer } = nest;
  class FixtureController {}
  const methods: Record<string, MethodDecorator[]> = {};
  const parameters: Record<string, ParameterDecorator[]> = {};
  for (const [i, route] of routes.entries()) {
    const key = `handler${i}`;
    Object.defineProperty(FixtureController.prototype, key, {
      configurable: true,
      writable: true,
      value: handlerOf(route, adapter),
    });
    methods[key] = [
      methodOf(nest, route)(route.path),
      ...(instrumented && route.options !== undefined ? [gossamer.RouteTelemetry(route.options)] : []),
      ...(route.body === "multipart" && nest.platform.anyFiles !== undefined
        ? [common.UseInterceptors(nest.platform.anyFiles()) as MethodDecorator]
        : []),
    ];
    parameters[key] = [common.Req(), common.Res()];
  }
  return decorate(FixtureController, [common.Controller() as ClassDecorator], methods, parameters);
}

function methodOf({ common }: NestModules, { method }: FixtureRoute): (path: string) => MethodDecorator {
  return { GET: common.Get, POST: common.Post, PUT: common.Put }[method];
}

function handlerOf(
  route: FixtureRoute,
  adapter: AbstractHttpAdapter,
): (request: NestRequest, response: unknown) => Promise<void> {
  return async (request, response) => {
    const answer = await route.handle({
      params: { ...request.params },
      body: typeof request.body === "object" ? { ...request.body } : request.body,
      request: request.raw ?? request,
      response: rawResponse(response),
    });
    if (answer !== undefined) sendAnswer(adapter, response, answer);
  };
}

/** Fastify's reply wraps Node's response; Express's response is one. */
function rawResponse(response: unknown): ServerResponse {
  return (response as { raw?: ServerResponse }).raw ?? (response as ServerResponse);
}

function sendAnswer(
  adapter: AbstractHttpAdapter,
  response: unknown,
  { status = 200, headers = {}, body }: FixtureAnswer,
): void {
  for (const [name, value] of Object.entries(headers)) {
    adapter.setHeader(response, name, (typeof value === "string" ? value : [...value]) as string);
  }
  adapter.reply(response, body, status);
}
