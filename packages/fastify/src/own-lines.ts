import type { TelemetryEngine } from "@gossamer/core/adapter";
import type { FastifyInstance } from "fastify";

/**
 * One line where each request of an app has two lines in its log, ours and Fastify's own: of those the first is written before any hook, and so without
 * the ids of the request.
 */
export function tellOwnLines(app: FastifyInstance, telemetry: TelemetryEngine): void {
  if (!telemetry.logsRequests || !logsRequests(app)) return;
  telemetry.warn(
    'Fastify writes request lines of its own beside Gossamer\'s, the first without a trace id: turn them off with logController: new LogController({ disableRequestLogging: true }) (import { LogController } from "fastify"; before 5.5 disableRequestLogging: true), or ours with requestLine: false',
    "GSM_FASTIFY_LINES",
  );
}

function logsRequests(app: FastifyInstance): boolean {
  const { log } = app as { log: { isLevelEnabled?: (level: string) => boolean } };
  if (log.isLevelEnabled?.("info") !== true) return false;
  // A function is somebody's choice.
  return (ownController(app) ?? app.initialConfig)?.disableRequestLogging === false;
}

/** What newer versions keep the choice in, whichever way it was made. */
function ownController(app: FastifyInstance): { readonly disableRequestLogging?: unknown } | undefined {
  const place = Object.getOwnPropertySymbols(app).find(({ description }) => description === "fastify.logController");
  return place === undefined ? undefined : (Reflect.get(app, place) as { disableRequestLogging?: unknown });
}
