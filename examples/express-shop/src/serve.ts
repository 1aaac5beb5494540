import { createTelemetry, type TelemetryStatus } from "@gossamer/core";
import { telemetry as observe } from "@gossamer/express";
import express from "express";
import { openServers, portOf } from "./servers.ts";

export interface ServeOptions {
  /** @default 0, a free one */
  port?: number;
  /** A pino level. @default "info" */
  logLevel?: string;
}

export interface RunningShop {
  readonly port: number;
  /** What the telemetry says of itself. */
  status(): TelemetryStatus;
  /** Takes no new requests, lets those under way finish, delivers the telemetry. */
  stop(): Promise<void>;
}

/** Seconds. The usual ones begin at 5 ms, in which most of this shop has long answered. */
const boundaries = [0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** Starts the shop and its inventory service, observed. The three lines that it takes are marked. */
export async function startShop(options: ServeOptions = {}): Promise<RunningShop> {
  const telemetry = createTelemetry({ serviceName: "express-shop", boundaries }); // telemetry, line 1: create
  const servers = await openServers({
    ...options,
    observer: telemetry,
    app: (routes) =>
      express()
        .use(observe(telemetry)) // telemetry, line 2: use, before everything else
        .use(routes),
  });
  return {
    port: portOf(servers.shop),
    status: () => telemetry.status(),
    async stop() {
      await servers.drain();
      await telemetry.shutdown(); // telemetry, line 3: deliver what is left
      await servers.close();
    },
  };
}
