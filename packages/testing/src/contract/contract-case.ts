import type { TelemetryOptions } from "@gossamer/core";
import type { Protocol } from "./harness.ts";
import type { World } from "./world.ts";

/** One promise of the product, and how it is tried. Every case runs in a world of its own. */
export interface ContractCase {
  /** A sentence a user understands, with the ids of the requirements it proves. */
  readonly title: string;
  /** In addition to the world's own: a local receiver, everything sampled. */
  readonly telemetry?: TelemetryOptions;
  /** Variables that are set while the engine is made. */
  readonly environment?: Readonly<Record<string, string>>;
  /** @default "http1" */
  readonly protocol?: Protocol;
  readonly run: (world: World) => Promise<void>;
}
