import { createNoopMeter, type Meter, type MeterOptions, type MeterProvider } from "@opentelemetry/api";
import type { ScopeMetrics } from "../../model/metric-data.ts";
import type { CollectionWindow, Instrument } from "../cells/instrument.ts";
import type { EngineMeterProvider, EngineMeterProviderParts } from "./engine-meter-provider.ts";
import { createMeters } from "./meters.part.ts";

/** The meters of the service and its libraries, made for the first of them: few services have one. Nothing here throws. */
export class LateMeters implements MeterProvider {
  readonly #parts: EngineMeterProviderParts;
  #provider: EngineMeterProvider | undefined;

  constructor(parts: EngineMeterProviderParts) {
    this.#parts = parts;
  }

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    try {
      this.#provider ??= createMeters(this.#parts);
    } catch (error) {
      // Its file was there at the start.
      this.#parts.complaints.drop("unloaded", "", () => String(error), "GSM_PART_MISSING");
      return createNoopMeter();
    }
    return this.#provider.getMeter(name, version, options);
  }

  metrics(): Iterable<Instrument> {
    return this.#provider?.metrics() ?? [];
  }

  /** As a reader's `prepare`. */
  observe(): Promise<void> | undefined {
    return this.#provider?.observe();
  }

  collect(window: CollectionWindow): readonly ScopeMetrics[] {
    return this.#provider?.collect(window) ?? [];
  }
}
