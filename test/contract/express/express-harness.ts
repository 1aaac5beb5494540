import type { Request, RequestHandler } from "express";
import { telemetry as expressTelemetry } from "@gossamer/express";
import multer from "multer";
import type { AdapterHarness, FixtureAnswer, FixtureRoute } from "@gossamer/testing/contract";
import { pipelinedFinish } from "./context-cases.ts";
import { awaitsHandlers, type ExpressModule } from "./express-module.ts";
import { serve } from "./serve.ts";

/** What no version of Express can keep. */
const expressGaps: AdapterHarness["knownGaps"] = {
  [pipelinedFinish]: "Node writes a pipelined answer, and emits its events, while it finishes the one before",
};

/** Express, of whichever version, with our adapter. */
export function expressHarness(
  name: string,
  express: ExpressModule,
  knownGaps: AdapterHarness["knownGaps"] = {},
): AdapterHarness {
  return {
    name,
    knownGaps: { ...expressGaps, ...knownGaps },
    start(telemetry, fixture) {
      const app = express();
      if (telemetry !== undefined) app.use(expressTelemetry(telemetry));
      app.use((request, _response, next) => {
        fixture.beforeRouting(request).then(() => {
          next();
        }, next);
      });
      for (const route of fixture.routes) {
        const handlers = [
          ...optionsOf(route, telemetry !== undefined),
          ...parserOf(express, route),
          handlerOf(express, route),
        ];
        app[methodOf(route)](route.path, ...handlers);
      }
      return serve(app, fixture);
    },
  };
}

function methodOf({ method }: FixtureRoute): "get" | "post" | "put" {
  return method.toLowerCase() as "get" | "post" | "put";
}

function optionsOf({ options }: FixtureRoute, instrumented: boolean): RequestHandler[] {
  return instrumented && options !== undefined ? [expressTelemetry.route(options)] : [];
}

function parserOf(express: ExpressModule, { body }: FixtureRoute): RequestHandler[] {
  if (body === "json") return [express.json()];
  return body === "multipart" ? [multer().any()] : [];
}

function handlerOf(express: ExpressModule, route: FixtureRoute): RequestHandler {
  const handle = async (...[request, response]: Parameters<RequestHandler>): Promise<void> => {
    const body: unknown = { ...request.body };
    const answer = await route.handle({ params: paramsOf(request), body, request, response });
    if (answer !== undefined) sendAnswer(response, answer);
  };
  if (awaitsHandlers(express)) return handle;
  // Express 4 knows no promises: services wrap their handlers.
  return (request, response, next) => {
    handle(request, response, next).catch(next);
  };
}

function paramsOf({ params }: Request): Record<string, string> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
}

function sendAnswer(
  response: Parameters<RequestHandler>[1],
  { status = 200, headers = {}, body }: FixtureAnswer,
): void {
  response.status(status);
  for (const [name, value] of Object.entries(headers))
    response.set(name, typeof value === "string" ? value : [...value]);
  if (body === undefined) response.end();
  else if (typeof body === "string") response.send(body);
  else response.json(body);
}
