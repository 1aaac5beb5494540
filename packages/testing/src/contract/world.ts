import type { TelemetryEngine } from "@gossamer/core";
import type { OtlpReceiver } from "../otlp-receiver.ts";
import type { ClientAnswer, ClientRequest } from "./client.ts";
import type { Fixture } from "./fixture/fixture.ts";
import type { AdapterHarness, Protocol } from "./harness.ts";
import type { RawConnection } from "./raw-client.ts";
import type { Seen } from "./seen.ts";
import type { Upstream } from "./upstream.ts";

/** A fresh app, engine, collector and upstream service for one case. */
export interface World {
  readonly harness: AdapterHarness;
  readonly protocol: Protocol;
  readonly port: number;
  readonly telemetry: TelemetryEngine;
  readonly receiver: OtlpReceiver;
  readonly upstream: Upstream;
  readonly fixture: Fixture;
  /** The lines the engine said. */
  readonly lines: readonly string[];
  send(request: ClientRequest | string): Promise<ClientAnswer>;
  /** One connection, one text, and all that comes back. */
  raw(text: string | Buffer): Promise<string>;
  open(): Promise<RawConnection>;
  /** What arrived, once exactly so many requests are over and counted. More than that is an error, and so is a request left under way. */
  settle(requests: number): Promise<Seen>;
}
