import type { Telemetry } from "@gossamer/core";
import { expressMiddleware } from "@gossamer/express";
import { type HttpServer, Logger } from "@nestjs/common";
import { nestRoutes } from "./nest-routes.ts";

/** Registers the adapter of the platform that Nest stands on. */
export function mount(telemetry: Telemetry, platform: HttpServer): void {
  const type = platform.getType();
  if (type === "express") platform.use(expressMiddleware(telemetry, nestRoutes));
  else new Logger("TelemetryModule").warn(`Requests are not observed: there is no adapter for the platform "${type}".`);
}
