import type { TelemetryEngine } from "@gossamer/core/adapter";
import type { FastifyInstance } from "fastify";
import { logControllerOf } from "./fastify-internals.ts";

/**
 * One line where each request of an app has lines in its log from both, ours and Fastify's own.
 */
export function tellOwnLines(app: FastifyInstance, telemetry: TelemetryEngine): void {
  if (!telemetry.logsRequests || !logsRequests(app)) return;
  telemetry.warn(
    'Fastify logs requests too: turn its lines off with logController: new LogController({ disableRequestLogging: true }) (of "fastify"; before 5.5 disableRequestLogging: true), or Gossamer\'s with requestLine: false',
    "GSM_FASTIFY_LINES",
  );
}

function logsRequests(app: FastifyInstance): boolean {
  const { log } = app as { log: { isLevelEnabled?: (level: string) => boolean } };
  if (log.isLevelEnabled?.("info") !== true) return false;
  // A function is somebody's choice.
  return (logControllerOf(app) ?? app.initialConfig)?.disableRequestLogging === false;
}
