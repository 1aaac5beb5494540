import type { TelemetryEngine } from "@gossamer/core/adapter";
import { expressMiddleware } from "@gossamer/express";
import { observe } from "@gossamer/fastify";
import { type HttpServer, Logger } from "@nestjs/common";
import { beginFirst, type FastifyPlatform } from "./begin-first.ts";
import { nestRoutes } from "./nest-routes.ts";

/** Registers the adapter of the platform that Nest stands on. */
export function mount(telemetry: TelemetryEngine, platform: HttpServer): void {
  const type = platform.getType();
  if (type === "express") platform.use(expressMiddleware(telemetry, nestRoutes));
  else if (type === "fastify")
    beginFirst(platform as FastifyPlatform, observe(platform.getInstance(), telemetry, { spansItsSteps: true }));
  else new Logger("TelemetryModule").warn(unobserved(type));
}

function unobserved(platform: string): string {
  const code = "GSM_NEST_PLATFORM";
  return `Requests are not observed: there is no adapter for the platform "${platform}". [${code}]`;
}
