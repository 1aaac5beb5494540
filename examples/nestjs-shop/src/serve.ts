import { telemetry, TelemetryModule, type TelemetryStatus } from "@gossamer/nestjs"; // telemetry, line 1: import
import { boundaries, type ServeOptions } from "shop-domain";
import { openShop } from "./open-shop.ts";

export interface RunningShop {
  readonly port: number;
  readonly inventoryPort: number;
  /** What the telemetry says of itself. */
  status(): TelemetryStatus;
  /** Takes no new requests, lets those under way finish, delivers the telemetry. */
  stop(): Promise<void>;
}

/** Starts the shop and its inventory service, observed. The three lines that it takes are marked. */
export async function startShop(options: ServeOptions = {}): Promise<RunningShop> {
  const { port, inventoryPort, drain, close } = await openShop({
    ...options,
    observer: telemetry,
    imports: () => [TelemetryModule.forRoot({ serviceName: "nestjs-shop", boundaries })], // telemetry, line 2: import, before everything else
  });
  return {
    port,
    inventoryPort,
    status: () => telemetry.status(),
    async stop() {
      await drain();
      await telemetry.shutdown(); // telemetry, line 3: deliver what is left
      await close();
    },
  };
}
